package dev.sanctum4j.samples.orders;

import static org.hamcrest.Matchers.startsWith;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

@SpringBootTest
@AutoConfigureMockMvc
class OrdersTest {

    private static final String ADA = "ada@example.test";

    @Autowired
    private MockMvc http;

    @Autowired
    private Tokens tokens;

    private MockHttpServletRequestBuilder with(String ability, MockHttpServletRequestBuilder request) {
        return request.header(
                "Authorization",
                "Bearer "
                        + tokens.issue(TokenRequest.of(Owner.of("user", ADA), "test", ability))
                                .plainText()
                                .reveal());
    }

    @Test
    void tokenOrdersAndSeesWhatItsAbilitiesSay() throws Exception {
        MockHttpServletRequestBuilder order =
                post("/api/orders").contentType(MediaType.APPLICATION_JSON).content("{\"item\":\"tea\"}");

        http.perform(with(Orders.WRITE, order)).andExpect(status().isCreated());

        http.perform(with(Orders.READ, get("/api/orders")))
                .andExpect(jsonPath("$.orders[0].item").value("tea"));
        http.perform(with(Orders.WRITE, get("/api/orders"))).andExpect(status().isForbidden());
    }

    @Test
    void channelsAreOnesOwnOrEverybodys() throws Exception {
        join(Orders.READ, "private-orders." + ADA).andExpect(jsonPath("$.auth").value(startsWith("sample-key:")));
        join(Orders.WRITE, "private-orders." + ADA).andExpect(status().isForbidden());
        join(Orders.READ, "private-orders.bob@example.test").andExpect(status().isForbidden());
        join(Orders.WRITE, "presence-office")
                .andExpect(jsonPath("$.channel_data")
                        .value("{\"user_id\":\"ada@example.test\",\"user_info\":{\"name\":\"Ada\"}}"));
    }

    private ResultActions join(String ability, String channel) throws Exception {
        return http.perform(with(
                ability,
                post("/broadcasting/auth")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .param("socket_id", "1.1")
                        .param("channel_name", channel)));
    }

    @Test
    void elementsAreForEverybody() throws Exception {
        http.perform(get("/sanctum4j/tokens.js")).andExpect(content().contentTypeCompatibleWith("text/javascript"));
        http.perform(get("/api/user")).andExpect(status().isUnauthorized());
    }
}
