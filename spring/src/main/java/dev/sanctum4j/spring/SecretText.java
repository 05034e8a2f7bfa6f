package dev.sanctum4j.spring;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.sanctum4j.PlainTextToken;

/** The text of a new token on its way into a response: written as it is, and stars in every log on that way. */
final class SecretText {

    private final PlainTextToken token;

    SecretText(PlainTextToken token) {
        this.token = token;
    }

    @JsonValue
    String text() {
        return token.reveal();
    }

    @Override
    public String toString() {
        return "***";
    }
}
