package dev.sanctum4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which bearer tokens are ours, before anything is looked up. */
class TokenFormsTest {

    private static final String JWT = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";

    @Test
    void prefixesOfAllTimesAndIdsAreOursGoodOrBad() {
        TokenForms forms = new TokenForms("acme_", List.of("pat", "old_", " "), true);

        for (String ours : List.of("acme_x", "pat_x", "old_x", "7|x", "|")) {
            assertThat(forms.isOurs(ours)).as(ours).isTrue();
        }
        for (String other : List.of(JWT, "acme", "PAT_x", "patent", "x_pat_x", "")) {
            assertThat(forms.isOurs(other)).as(other).isFalse();
        }
    }

    /** A Laravel's may be a letter that every JWT begins with. */
    @Test
    void prefixWithoutAnUnderscoreTellsNothing() {
        assertThat(new TokenForms("e", List.of(), true).isOurs(JWT)).isFalse();
        assertThat(new TokenForms("", List.of(), true).isOurs(JWT)).isFalse();
    }

    @Test
    void bareSecretsAreLookedUpUnlessThatIsSwitchedOff() {
        assertThat(new TokenForms("pat_", List.of(), true).mayBeOurs("bare")).isTrue();
        assertThat(new TokenForms("pat_", List.of(), false).mayBeOurs("bare")).isFalse();
        assertThat(new TokenForms("pat_", List.of(), false).mayBeOurs("pat_x")).isTrue();
    }
}
