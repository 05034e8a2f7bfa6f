package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Owners whom nobody finds. */
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:owners;DB_CLOSE_DELAY=-1")
class OwnersTest extends AppTest {

    private static final String NOBODY = "7f1f1c1e-0000-4000-8000-000000000000";

    @Test
    void tokenOfAnOwnerWhomNoLoaderFindsIsRefusedWhenItIsIssued() {
        assertRefused(
                () -> issue(Owner.of("user", NOBODY), "*"),
                "No loader finds user " + NOBODY
                        + ", so a token of it would let nobody in. Where a UserDetailsService is"
                        + " asked, the id is the user name; for others, see OwnerLoader.of.");
        assertRefused(
                () -> issue(Owner.of("robot", 7), "*"),
                "No loader knows owners of the type robot, so a token of one would let nobody in. Declare an OwnerLoader"
                        + " bean.");
        assertThat(tokens.list(Owner.of("user", NOBODY))).isEmpty();
    }

    @Test
    void tokenOfAnOwnerWhomNoLoaderFindsIsNeitherRotatedNorNarrowed() {
        NewToken left = issueToNobody(Owner.of("user", NOBODY));

        assertRefused(() -> tokens.rotate(left.token().id()), "No loader finds user");
        assertRefused(() -> tokens.narrow(left.token().id(), Abilities.of("orders:read")), "No loader finds user");
        assertThat(tokens.find(left.token().id())).contains(left.token());
        assertThat(tokens.revoke(left.token().id())).isTrue();
    }

    /** Whoever disables somebody for a while may prepare what is needed later. */
    @Test
    void tokenOfADisabledOwnerIsIssuedAndRefused() {
        people.change("bob@example.test", false, "ROLE_USER");

        assertThat(http.get("/api/whoami", bearer(issue(BOB, "*"))).status()).isEqualTo(401);
    }

    private static void assertRefused(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(InvalidTokenRequestException.class, refused -> {
                    assertThat(refused.field()).isEqualTo("owner");
                    assertThat(refused.code()).isEqualTo("unknown-owner");
                })
                .hasMessageStartingWith(sentence);
    }
}
