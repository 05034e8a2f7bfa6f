package dev.sanctum4j.samples.api;

import static dev.sanctum4j.test.spring.Acting.actingAs;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
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
class OrdersApiTest {

    @Autowired
    private MockMvc http;

    @Test
    void tokenDoesWhatItsAbilitiesSayUntilItIsRevoked() throws Exception {
        String bearer = "Bearer " + exchange("orders:read");

        http.perform(get("/api/orders").header("Authorization", bearer))
                .andExpect(content().json("['tea']"));
        http.perform(post("/api/orders")
                        .header("Authorization", bearer)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"item\":\"coffee\"}"))
                .andExpect(status().isForbidden());
        http.perform(delete("/api/tokens/current").header("Authorization", bearer))
                .andExpect(status().isNoContent());
        http.perform(get("/api/orders").header("Authorization", bearer)).andExpect(status().isUnauthorized());
    }

    @Test
    void nobodyIsRefused() throws Exception {
        http.perform(get("/api/orders")).andExpect(status().isUnauthorized());
    }

    /** Where the token itself is not what is tested, nobody needs to make one. */
    @Test
    void stockIsToldToWhoeverMayReadOrders() throws Exception {
        http.perform(get("/api/stock/tea").with(actingAs("ada@example.test", "orders:read")))
                .andExpect(content().string("7"));
        http.perform(get("/api/stock/tea").with(actingAs("ada@example.test", "orders:write")))
                .andExpect(status().isForbidden());
    }

    /** The members of RFC 9457, ours, and one of the application's own. */
    @Test
    void applicationHasErrorsOfItsOwn() throws Exception {
        http.perform(get("/api/stock/tea").header("Authorization", "Bearer " + exchange("orders:read")))
                .andExpect(content().string("7"));
        http.perform(get("/api/stock/coffee").header("Authorization", "Bearer " + exchange("orders:read")))
                .andExpect(status().isConflict())
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(content()
                        .string("{\"type\":\"https://shop.example.test/errors/out-of-stock\",\"title\":\"Conflict\","
                                + "\"status\":409,\"detail\":\"None is left; it comes again on Monday.\","
                                + "\"code\":\"out-of-stock\",\"message\":\"Out of stock.\",\"item\":\"coffee\"}"));
    }

    private String exchange(String ability) throws Exception {
        return http.perform(post("/sanctum/token")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .param("email", "ada@example.test")
                        .param("password", "secret")
                        .param("device_name", "laptop")
                        .param("abilities[]", ability))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
    }
}
