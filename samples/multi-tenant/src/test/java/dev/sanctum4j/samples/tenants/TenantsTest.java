package dev.sanctum4j.samples.tenants;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;

@SpringBootTest
@AutoConfigureMockMvc
class TenantsTest {

    @Autowired
    private MockMvc http;

    @Test
    void tokenCountsAtItsOwnFirmOnly() throws Exception {
        String acme = token("acme", "acme").andReturn().getResponse().getContentAsString();
        String globex = token("globex", "globex").andReturn().getResponse().getContentAsString();

        orders("acme", acme).andExpect(content().json("['tea for acme']"));
        orders("globex", globex).andExpect(content().json("['tea for globex']"));
        orders("globex", acme).andExpect(status().isUnauthorized());
        orders("acme", globex).andExpect(status().isUnauthorized());
        orders("acm", acme).andExpect(status().isUnauthorized());
    }

    @Test
    void passwordCountsAtItsOwnFirmOnly() throws Exception {
        token("acme", "globex").andExpect(status().isUnprocessableContent());
        token("nowhere", "nowhere").andExpect(status().isUnprocessableContent());
    }

    private ResultActions token(String tenant, String password) throws Exception {
        return http.perform(post("http://" + tenant + ".localhost/sanctum/token")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .param("email", "ada@example.test")
                .param("password", password)
                .param("device_name", "laptop"));
    }

    private ResultActions orders(String tenant, String token) throws Exception {
        return http.perform(
                get("http://" + tenant + ".localhost/api/orders").header("Authorization", "Bearer " + token));
    }
}
