package dev.sanctum4j.samples.shop;

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

@SpringBootTest
@AutoConfigureMockMvc
class ShopTest {

    @Autowired
    private MockMvc http;

    @Test
    void customersTokenCountsInTheShopOnly() throws Exception {
        String bearer = bearer("ada@example.test");

        http.perform(get("/api/shop/orders").header("Authorization", bearer))
                .andExpect(content().json("['tea for ada@example.test']"));
        http.perform(get("/api/office/orders").header("Authorization", bearer)).andExpect(status().isUnauthorized());
    }

    @Test
    void clerksTokenCountsInTheOfficeOnly() throws Exception {
        String bearer = bearer("bob@shop.test");

        http.perform(get("/api/office/orders").header("Authorization", bearer)).andExpect(status().isOk());
        http.perform(get("/api/shop/orders").header("Authorization", bearer)).andExpect(status().isUnauthorized());
    }

    @Test
    void nobodyIsRefusedEverywhere() throws Exception {
        http.perform(get("/api/shop/orders")).andExpect(status().isUnauthorized());
        http.perform(get("/api/office/orders")).andExpect(status().isUnauthorized());
        http.perform(get("/api/elsewhere")).andExpect(status().isUnauthorized());
    }

    private String bearer(String email) throws Exception {
        return "Bearer "
                + http.perform(post("/sanctum/token")
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
