package dev.sanctum4j.samples.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest
@AutoConfigureMockMvc
class PeopleTest {

    @Autowired
    private MockMvc http;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Customers customers;

    @Autowired
    private Clerks clerks;

    @Test
    void tokenOfAUuidGoesOnWhenTheAddressChanges() throws Exception {
        String token = exchange("ada@example.test");
        Customer ada = customers.findByEmail("ada@example.test").orElseThrow();
        assertThat(tokens.list(Owner.of("customer", ada.id().toString()))).hasSize(1);

        ada.moveTo("ada@new.test");
        customers.save(ada);

        http.perform(get("/api/whoami").header("Authorization", "Bearer " + token))
                .andExpect(content().string("ada@new.test"));
        ada.moveTo("ada@example.test");
        customers.save(ada);
    }

    @Test
    void tokenOfANumberToo() throws Exception {
        String token = exchange("bob@shop.test");
        Clerk bob = clerks.findByEmail("bob@shop.test").orElseThrow();
        assertThat(tokens.list(Owner.of("clerk", bob.id().toString()))).hasSize(1);

        http.perform(get("/api/whoami").header("Authorization", "Bearer " + token))
                .andExpect(content().string("bob@shop.test"));
    }

    @Test
    void tokenIsIssuedToNobodyWhoIsNotThere() {
        for (Owner nobody : List.of(
                Owner.of("customer", UUID.randomUUID().toString()),
                Owner.of("customer", "ada@example.test"),
                Owner.of("clerk", "4711"))) {
            assertThatThrownBy(() -> tokens.issue(TokenRequest.of(nobody, "laptop", "*")))
                    .as(nobody.toString())
                    .hasMessageContaining("No loader finds " + nobody.type() + " " + nobody.id());
        }
    }

    private String exchange(String email) throws Exception {
        return http.perform(post("/sanctum/token")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .param("email", email)
                        .param("password", "secret")
                        .param("device_name", "laptop"))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
    }
}
