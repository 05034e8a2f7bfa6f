// tag::first-test
package com.example.demo;

import static dev.sanctum4j.test.spring.Acting.actingAs;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest
@AutoConfigureMockMvc
class DemoApplicationTest {

    @Autowired
    private MockMvc http;

    @Autowired
    private Tokens tokens;

    @Test
    void routesAskForTheirAbility() throws Exception {
        http.perform(get("/api/orders").with(actingAs("ada", "orders:read"))).andExpect(status().isOk());
        http.perform(post("/api/orders").with(actingAs("ada", "orders:read"))).andExpect(status().isForbidden());
        http.perform(get("/api/orders")).andExpect(status().isUnauthorized());
    }

    @Test
    void tokenIsRefusedOnceItIsRevoked() throws Exception {
        NewToken made = tokens.issue(TokenRequest.of(Owner.of("user", "ada@example.test"), "CI", "orders:read"));
        String bearer = "Bearer " + made.plainText().reveal();

        http.perform(get("/api/orders").header("Authorization", bearer)).andExpect(status().isOk());
        tokens.revoke(made.token().id());
        http.perform(get("/api/orders").header("Authorization", bearer)).andExpect(status().isUnauthorized());
    }
}
// end::first-test
