package com.example.injects;

import dev.sanctum4j.Tokens;
import org.springframework.beans.factory.ObjectProvider;

/** Is given what issues tokens. */
public class Injects {

    private final ObjectProvider<Tokens> tokens;

    Injects(ObjectProvider<Tokens> tokens) {
        this.tokens = tokens;
    }

    boolean isThere() {
        return tokens.getIfAvailable() != null;
    }
}
