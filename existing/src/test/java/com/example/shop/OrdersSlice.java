package com.example.shop;

import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.example.shapes.AnyRequestChain;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

/** A slice test as people have them; run by the recorder. */
@WebMvcTest(OrdersController.class)
@Import(AnyRequestChain.class)
class OrdersSlice {

    @Autowired
    MockMvc mvc;

    @MockitoBean
    Orders orders;

    @MockitoBean
    UserDetailsService users; // remember-me wants one

    @Test
    @WithMockUser
    void listsOrders() throws Exception {
        when(orders.all()).thenReturn(List.of(new Order(1, "tea", null, Instant.EPOCH)));

        mvc.perform(get("/api/orders"))
                .andExpect(status().isOk())
                .andExpect(content().string("[{\"id\":1,\"item\":\"tea\",\"placedAt\":\"1970-01-01T00:00:00Z\"}]"));
    }

    @Test
    void sendsStrangersToTheForm() throws Exception {
        mvc.perform(get("/api/orders").accept(MediaType.TEXT_HTML)).andExpect(redirectedUrl("/login"));
    }

    @Test
    @WithMockUser
    void wantsTheCsrfToken() throws Exception {
        when(orders.cancel(1)).thenReturn(true);

        mvc.perform(delete("/api/orders/1")).andExpect(status().isForbidden());
        mvc.perform(delete("/api/orders/1").with(csrf())).andExpect(status().isNoContent());
    }
}
