package dev.sanctum4j.docs.kotlin;

import static dev.sanctum4j.test.spring.Acting.actingAs;
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

@SpringBootTest(
        classes = OrdersApi.class,
        properties = {"spring.datasource.url=jdbc:h2:mem:kotlin", "sanctum.endpoints.password-token=true"})
@AutoConfigureMockMvc
class OrdersInKotlinTest {

    @Autowired
    private MockMvc http;

    @Test
    void itAsksForAbilities() throws Exception {
        http.perform(post("/api/orders")
                        .with(actingAs("ada@example.test", "orders:write"))
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"item\":\"coffee\"}"))
                .andExpect(content().json("['tea','coffee']"));
        http.perform(get("/api/orders").with(actingAs("ada@example.test", "orders:write")))
                .andExpect(status().isForbidden());
        http.perform(get("/api/orders")).andExpect(status().isUnauthorized());
    }

    @Test
    void itExchangesAPassword() throws Exception {
        http.perform(post("/sanctum/token")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .param("email", "ada@example.test")
                        .param("password", "secret")
                        .param("device_name", "laptop"))
                .andExpect(status().isOk());
    }
}
