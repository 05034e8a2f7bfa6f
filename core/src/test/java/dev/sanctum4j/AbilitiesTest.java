package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AbilitiesTest {

    /** B33. */
    @Test
    void listedAbilityIsHadAndNoOther() {
        assertThat(Abilities.of("foo").can("foo")).isTrue();
        assertThat(Abilities.of("foo").can("bar")).isFalse();
        assertThat(Abilities.of("foo").cannot("bar")).isTrue();
        assertThat(Abilities.NONE.can("foo")).isFalse();
        assertThat(Abilities.NONE.can("")).isFalse();
        assertThat(Abilities.of("foo", "*").can("anything")).isTrue();
        assertThat(Abilities.ALL.can("anything")).isTrue();
        assertThat(Abilities.ALL.cannot("anything")).isFalse();
    }

    /** R28: nothing is folded, normalised or expanded. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Orders:read",
                "orders:READ",
                "orders",
                "orders:",
                "orders:read ",
                " orders:read",
                "orders:read\u0000",
                "orders:*",
                "orders:.*",
                "orders?read",
                "*",
                "**",
                "orders:read orders:write",
                "orders:read,orders:write",
                "\u043erders:read",
                "orders:re\u0430d",
                "orders:read\u0301",
                "ROLE_ADMIN"
            })
    void matchingIsExact(String other) {
        assertThat(Abilities.of("orders:read", "orders:write").can(other)).isFalse();
        assertThat(Abilities.of(other).lists("orders:read")).isFalse();
    }

    @Test
    void composedAndDecomposedTextsAreTwoAbilities() {
        assertThat(Abilities.of("caf\u00e9").can("cafe\u0301")).isFalse();
    }

    @Test
    void starInsideANameIsNoWildcard() {
        assertThat(Abilities.of("server:*").can("server:update")).isFalse();
        assertThat(Abilities.of("server:*").can("server:*")).isTrue();
        assertThat(Abilities.of("[\"*\"]", " *", "* ").can("foo")).isFalse();
    }

    @Test
    void everythingListsOnlyItself() {
        assertThat(Abilities.ALL.lists("*")).isTrue();
        assertThat(Abilities.ALL.lists("foo")).isFalse();
        assertThat(Abilities.ALL.lists(Abilities.MANAGE_TOKENS)).isFalse();
    }

    @Test
    void everythingCoversAllButManagingTokens() {
        assertThat(Abilities.ALL.covers(Abilities.of("foo", "bar"))).isTrue();
        assertThat(Abilities.ALL.covers(Abilities.ALL)).isTrue();
        assertThat(Abilities.ALL.covers(Abilities.of(Abilities.MANAGE_TOKENS))).isFalse();
        assertThat(Abilities.of("*", Abilities.MANAGE_TOKENS).covers(Abilities.of(Abilities.MANAGE_TOKENS)))
                .isTrue();
    }

    /** Of old nodes, which know only one of them, whoever has {@code *} could else do all that comes later. */
    @ParameterizedTest
    @ValueSource(strings = {"tokens:manage", "tokens:delegate", "tokens:", "tokens:*", "tokens:x"})
    void whatIsDoneWithTokensIsAlwaysListed(String name) {
        Abilities listed = Abilities.of("*", name);

        assertThat(Abilities.ALL.can(name)).isFalse();
        assertThat(Abilities.ALL.cannot(name)).isTrue();
        assertThat(Abilities.ALL.covers(Abilities.of("a", name))).isFalse();
        assertThat(listed.can(name)).isTrue();
        assertThat(listed.covers(Abilities.of(name))).isTrue();
        assertThat(listed.cutTo(Abilities.ALL)).isEqualTo(Abilities.ALL);
        assertThat(Abilities.ALL.cutTo(listed)).isEqualTo(Abilities.ALL);
        assertThat(Abilities.of("tokens:*", "tokens").can("tokens:x")).isFalse();
        assertThat(Abilities.ALL.can("tokens")).isTrue();
        assertThat(Abilities.ALL.can("Tokens:x")).isTrue();
    }

    @Test
    void someCoverThemselvesAndLess() {
        Abilities some = Abilities.of("foo", "bar");

        assertThat(some.covers(some)).isTrue();
        assertThat(some.covers(Abilities.of("foo"))).isTrue();
        assertThat(some.covers(Abilities.NONE)).isTrue();
        assertThat(some.covers(Abilities.ALL)).isFalse();
        assertThat(some.covers(Abilities.of("foo", "baz"))).isFalse();
        assertThat(Abilities.NONE.covers(Abilities.of("foo"))).isFalse();
    }

    @Test
    void whatIsCutIsWhatBothCover() {
        Abilities some = Abilities.of("foo", "bar");
        Abilities managing = Abilities.of("foo", Abilities.MANAGE_TOKENS);

        assertThat(some.cutTo(some)).isEqualTo(some);
        assertThat(some.cutTo(Abilities.ALL)).isEqualTo(some);
        assertThat(some.cutTo(Abilities.of("bar", "baz"))).isEqualTo(Abilities.of("bar"));
        assertThat(some.cutTo(Abilities.NONE)).isEqualTo(Abilities.NONE);
        assertThat(Abilities.ALL.cutTo(some)).isEqualTo(some);
        assertThat(Abilities.ALL.cutTo(managing)).isEqualTo(Abilities.of("foo"));
        assertThat(Abilities.EVERYTHING.cutTo(Abilities.ALL)).isEqualTo(Abilities.ALL);
        assertThat(Abilities.EVERYTHING.cutTo(managing)).isEqualTo(managing);
        assertThat(managing.cutTo(Abilities.ALL)).isEqualTo(Abilities.of("foo"));
    }

    @Test
    void namesKeepTheirOrderAndComeOnce() {
        assertThat(Abilities.of("b", "a", "b").names()).containsExactly("b", "a");
        assertThat(Abilities.of("b", "a")).hasToString("[b, a]");
    }

    @Test
    void orderDoesNotMatterForEquality() {
        assertThat(Abilities.of("a", "b"))
                .isEqualTo(Abilities.of("b", "a"))
                .hasSameHashCodeAs(Abilities.of("b", "a"))
                .doesNotHaveSameHashCodeAs(Abilities.of("a"))
                .isNotEqualTo(Abilities.of("a"));
        assertThat(Abilities.of("*")).isEqualTo(Abilities.ALL);
        assertThat(Abilities.of()).isEqualTo(Abilities.NONE);
    }

    @Test
    void laterChangesOfTheGivenListChangeNothing() {
        List<String> given = new ArrayList<>(List.of("foo"));
        Abilities abilities = Abilities.of(given);

        given.add("*");

        assertThat(abilities.can("bar")).isFalse();
    }
}
