package dev.sanctum4j.test.shop;

import static dev.sanctum4j.test.spring.Acting.actingAs;
import static dev.sanctum4j.test.spring.Acting.actingAsFirstParty;
import static org.hamcrest.Matchers.is;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.sanctum4j.Owner;
import dev.sanctum4j.test.spring.ActingAs;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.client.RestTestClient;

/** A slice: controllers and filter chains, no store, no owners and no database. */
@WebMvcTest(controllers = Shop.Orders.class, properties = "sanctum.spa.stateful=self")
@Import(Shop.Stock.class)
@AutoConfigureRestTestClient
class ActingAsTest {

    private static final UserDetails ADMIN =
            User.withUsername("ada").password("").roles("ADMIN").build();

    @Autowired
    MockMvc mockMvc;

    @Autowired
    RestTestClient restTestClient;

    @Test
    void tokenHasTheNamedAbilitiesAndNoOthers() throws Exception {
        mockMvc.perform(get("/api/orders").with(actingAs("ada", "orders:read"))).andExpect(status().isOk());

        mockMvc.perform(post("/api/orders").with(actingAs("ada", "orders:read")))
                .andExpect(status().isForbidden())
                .andExpect(jsonPath("$.message", is("Invalid ability provided.")));
    }

    @Test
    void nobodyActsUnlessATestSaysSo() throws Exception {
        mockMvc.perform(get("/api/orders")).andExpect(status().isUnauthorized());
        mockMvc.perform(get("/api/orders").header("Sanctum-Acting-As", "somebody"))
                .andExpect(status().isUnauthorized());
    }

    @Test
    void cannotIsTheOppositeOfCan() throws Exception {
        mockMvc.perform(get("/api/me").with(actingAs("ada", "orders:read")))
                .andExpect(jsonPath("$.can_read", is(true)))
                .andExpect(jsonPath("$.cannot_read", is(false)));
        mockMvc.perform(get("/api/me").with(actingAs("ada")))
                .andExpect(jsonPath("$.can_read", is(false)))
                .andExpect(jsonPath("$.cannot_read", is(true)));
    }

    @Test
    void tokenCarriesAuthoritiesOnlyWithAStar() throws Exception {
        mockMvc.perform(get("/api/me").with(actingAs(ADMIN, "*"))).andExpect(jsonPath("$.admin", is(true)));
        mockMvc.perform(get("/api/me").with(actingAs(ADMIN, "orders:read"))).andExpect(jsonPath("$.admin", is(false)));
        mockMvc.perform(get("/api/me").with(actingAs("bob", "*").authorities("ROLE_ADMIN")))
                .andExpect(jsonPath("$.admin", is(true)));
    }

    @Test
    void sessionOfAPageHasEveryAbilityAndNeedsNoCsrfToken() throws Exception {
        mockMvc.perform(post("/api/orders").with(actingAsFirstParty("ada"))).andExpect(status().isOk());
        mockMvc.perform(post("/office/stock").with(actingAsFirstParty("ada"))).andExpect(status().isOk());
        mockMvc.perform(get("/api/me").with(actingAsFirstParty(ADMIN)))
                .andExpect(jsonPath("$.owner", is("session")))
                .andExpect(jsonPath("$.admin", is(true)));
    }

    @Test
    void originOfAListedPageBesideItChangesNothing() throws Exception {
        mockMvc.perform(post("/api/orders").header("Origin", "http://localhost").with(actingAs("ada", "orders:write")))
                .andExpect(status().isOk());
        mockMvc.perform(post("/api/orders").header("Origin", "http://localhost").with(actingAsFirstParty("ada")))
                .andExpect(status().isOk());
        mockMvc.perform(post("/api/orders").header("Origin", "http://localhost"))
                .andExpect(status().is(419));
    }

    @Test
    void chainRefusesWhomItWouldRefuse() throws Exception {
        Owner customer = Owner.of("customer", "1");
        Owner staff = Owner.of("staff", "1");

        mockMvc.perform(post("/office/stock")
                        .with(actingAs("ada", "stock:write").owner(staff)))
                .andExpect(status().isOk());
        mockMvc.perform(post("/office/stock")
                        .with(actingAs("ada", "stock:write").owner(customer)))
                .andExpect(status().isUnauthorized());
        mockMvc.perform(get("/pages/home").with(actingAs("ada", "*"))).andExpect(status().isUnauthorized());
    }

    @Test
    void callerIsThereInLaterDispatches() throws Exception {
        MvcResult started = mockMvc.perform(get("/api/later").with(actingAs("ada", "orders:read")))
                .andReturn();

        mockMvc.perform(asyncDispatch(started)).andExpect(content().string("later true"));
    }

    @Test
    @ActingAs(value = "ada", abilities = "orders:read")
    void annotationSaysItForATest() throws Exception {
        mockMvc.perform(get("/api/orders")).andExpect(status().isOk());
        mockMvc.perform(post("/api/orders")).andExpect(status().isForbidden());
        mockMvc.perform(get("/api/me")).andExpect(jsonPath("$.owner", is("user:ada")));
        mockMvc.perform(get("/pages/home")).andExpect(status().isUnauthorized());
    }

    @Test
    @ActingAs(value = "7", ownerType = "staff", abilities = "stock:write")
    void annotationNamesTheTypeOfOwner() throws Exception {
        mockMvc.perform(post("/office/stock")).andExpect(status().isOk());
    }

    @Test
    @ActingAs(value = "ada", firstParty = true)
    void annotationKnowsPages() throws Exception {
        mockMvc.perform(post("/office/stock")).andExpect(status().isOk());
    }

    @Test
    void restTestClientActsByHeaders() {
        restTestClient
                .get()
                .uri("/api/orders")
                .headers(actingAs("ada", "orders:read"))
                .exchange()
                .expectStatus()
                .isOk();
        restTestClient
                .post()
                .uri("/api/orders")
                .headers(actingAs("ada", "orders:read"))
                .exchange()
                .expectStatus()
                .isForbidden();
    }
}
