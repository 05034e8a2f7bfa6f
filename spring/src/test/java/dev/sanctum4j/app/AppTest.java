package dev.sanctum4j.app;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.spa.Tries;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** A running application, on a real port, with everything switched on. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:app;DB_CLOSE_DELAY=-1",
            "sanctum.endpoints.tokens=true",
            "sanctum.endpoints.password-token=true",
            "sanctum.spa.stateful=self,https://app.example.test",
            "sanctum.spa.cookie.session-name=SESSION"
        })
abstract class AppTest {

    static final Owner ADA = Owner.of("user", "ada@example.test");
    static final Owner BOB = Owner.of("user", "bob@example.test");

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext application;

    @Autowired
    Tokens tokens;

    @Autowired
    App.People people;

    Http http;

    @BeforeEach
    void begin() {
        Tries.forget(application);
        http = new Http(port);
        people.reset();
        tokens.revokeAll(ADA);
        tokens.revokeAll(BOB);
    }

    NewToken issue(Owner owner, String... abilities) {
        return tokens.issue(TokenRequest.of(owner, "ci", abilities));
    }

    /** As somebody had it before its owner was deleted: nobody is asked whether there is such an owner. */
    NewToken issueToNobody(Owner owner) {
        return Tokens.of(application.getBean(TokenStore.class)).issue(TokenRequest.of(owner, "ci", "*"));
    }

    static String bearer(NewToken token) {
        return "Authorization: Bearer " + token.plainText().reveal();
    }
}
