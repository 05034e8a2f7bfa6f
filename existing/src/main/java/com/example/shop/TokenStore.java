package com.example.shop;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tokens of invitations, a word that is not ours alone. */
@Component
public class TokenStore {

    private final JdbcClient jdbc;

    TokenStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<String> email(String token) {
        return jdbc.sql("SELECT email FROM invitations WHERE token = ?")
                .param(token)
                .query(String.class)
                .optional();
    }
}
