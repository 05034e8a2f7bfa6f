package dev.sanctum4j.test.shop;

import static dev.sanctum4j.test.spring.Acting.actingAs;
import static org.mockito.BDDMockito.given;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

/** A slice with a mock of the application's user service, beside which Boot leaves its own. */
@WebMvcTest(controllers = Shop.Orders.class)
@Import(Shop.Stock.class)
class MockedUserServiceTest {

    interface People extends UserDetailsService {}

    @MockitoBean
    People people;

    @Autowired
    MockMvc mockMvc;

    @Autowired
    Tokens tokens;

    @Test
    void startsAndIsAsked() throws Exception {
        given(people.loadUserByUsername("ada"))
                .willReturn(User.withUsername("ada").password("").build());
        String token = tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "laptop", "*"))
                .plainText()
                .reveal();

        mockMvc.perform(get("/api/me").header("Authorization", "Bearer " + token))
                .andExpect(jsonPath("$.owner").value("user:ada"));
        mockMvc.perform(get("/api/orders").with(actingAs("ada", "orders:read"))).andExpect(status().isOk());
    }
}
