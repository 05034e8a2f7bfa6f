package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Tokens of names become tokens of ids, once the script of the recipe has run; run by the recorder. */
@SpringBootTest(
        classes = ShopApplication.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:change",
            "spring.autoconfigure.exclude="
                    + "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
            "sanctum.jdbc.initialize-schema=always",
            "sanctum.endpoints.tokens=true"
        })
class ChangeOverTestWithTokens {

    private static final String ADA = "11111111-1111-4111-8111-111111111111";

    @Autowired
    Tokens tokens;

    @Autowired
    DataSource dataSource;

    @Test
    void tokensGoOverToIds() {
        Owner name = Owner.of("user", "ada@example.test");
        AccessToken made = tokens.issue(TokenRequest.of(name, "laptop", "*")).token();

        new ResourceDatabasePopulator(new ClassPathResource("recipes/change-over.sql")).execute(dataSource);

        assertThat(tokens.list(name)).isEmpty();
        assertThat(tokens.list(Owner.of("user", ADA)))
                .singleElement()
                .extracting(AccessToken::id)
                .isEqualTo(made.id());
    }
}
