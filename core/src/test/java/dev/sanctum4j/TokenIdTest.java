package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The spellings of an id are in {@link TokenFormatTest}. */
class TokenIdTest {

    @Test
    void idsCompareAndPrintAsNumbers() {
        assertThat(TokenId.of(9)).isLessThan(TokenId.of(10)).hasToString("9");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void idIsPositive(long value) {
        assertThatThrownBy(() -> TokenId.of(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token id must be positive, was " + value);
    }
}
