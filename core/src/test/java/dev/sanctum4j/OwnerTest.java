package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerTest {

    /** Whatever the collation of a database would say. */
    @ParameterizedTest
    @CsvSource({
        "User, 1",
        "user, 01",
        "user, '1 '",
        "user, +1",
        "user, \uff11",
        "'user ', 1",
        "us\u00e9r, 1",
        "\uff55ser, 1",
        "customer, 1"
    })
    void ownersCompareExactly(String type, String id) {
        assertThat(Owner.of(type, id)).isNotEqualTo(Owner.of("user", 1));
    }

    @Test
    void numberIsItsText() {
        assertThat(Owner.of("user", 1)).isEqualTo(Owner.of("user", "1")).hasToString("user:1");
    }

    /** R31: a class name is text, existing or not. */
    @Test
    void classNameIsOnlyText() {
        assertThat(Owner.of("App\\Models\\User", "1").type()).isEqualTo("App\\Models\\User");
        assertThat(Owner.of("java.lang.Runtime", "1").type()).isEqualTo("java.lang.Runtime");
    }

    @Test
    void partsHaveLimits() {
        assertThat(Owner.of("t".repeat(255), "i".repeat(255)).id()).hasSize(255);
        assertThatThrownBy(() -> Owner.of("", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("owner type must have 1 to 255 characters, had 0");
        assertThatThrownBy(() -> Owner.of("user", "i".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("owner id must have 1 to 255 characters, had 256");
    }
}
