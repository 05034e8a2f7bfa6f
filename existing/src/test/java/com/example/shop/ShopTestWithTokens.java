package com.example.shop;

import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.example.recipes.OneChainWithTokens;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.MockMvc;

/** All of the application once it takes tokens, in a test as people have them; run by the recorder. */
@SpringBootTest(
        classes = {ShopApplication.class, OneChainWithTokens.class},
        properties = {
            "spring.datasource.url=jdbc:h2:mem:whole",
            "spring.autoconfigure.exclude="
                    + "org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration",
            "sanctum.jdbc.initialize-schema=always"
        })
@AutoConfigureMockMvc
class ShopTestWithTokens {

    @Autowired
    MockMvc mvc;

    @Autowired
    Tokens tokens;

    @Test
    @WithMockUser
    void whoeverIsSignedInIsStillLetIn() throws Exception {
        mvc.perform(get("/api/orders")).andExpect(status().isOk());
    }

    @Test
    @WithMockUser
    void sessionStillNeedsTheCsrfToken() throws Exception {
        mvc.perform(post("/account").param("name", "Ada")).andExpect(status().isForbidden());
        mvc.perform(post("/account").param("name", "Ada").with(csrf())).andExpect(status().isOk());
    }

    // tag::test-with-a-real-token
    @Test
    void tokenOrdersTeaWithoutCsrf() throws Exception {
        String token = tokens.issue(TokenRequest.of(Owner.of("user", "ada@example.test"), "test", "*"))
                .plainText()
                .reveal();

        mvc.perform(post("/api/orders")
                        .header("Authorization", "Bearer " + token)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"item\":\"tea\"}"))
                .andExpect(status().isCreated());
        mvc.perform(get("/api/orders").header("Authorization", "Bearer " + token + "x"))
                .andExpect(status().isUnauthorized());
    }
    // end::test-with-a-real-token
}
