package com.example.shop;

import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.example.recipes.OneChainWithTokens;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

/** {@code OrdersSlice} once its chain takes tokens, with nothing of ours on its test class path; run by the recorder. */
@WebMvcTest(OrdersController.class)
@Import(OneChainWithTokens.class)
class OneChainSliceWithTokens {

    @Autowired
    MockMvc mvc;

    @MockitoBean
    Orders orders;

    @MockitoBean
    UserDetailsService users;

    @Test
    @WithMockUser
    void listsOrders() throws Exception {
        mvc.perform(get("/api/orders")).andExpect(status().isOk());
    }

    @Test
    void sendsStrangersToTheForm() throws Exception {
        mvc.perform(get("/api/orders").accept(MediaType.TEXT_HTML)).andExpect(redirectedUrl("/login"));
    }

    @Test
    @WithMockUser
    void wantsTheCsrfToken() throws Exception {
        mvc.perform(delete("/api/orders/1")).andExpect(status().isForbidden());
        mvc.perform(delete("/api/orders/1").with(csrf())).andExpect(status().isNotFound());
    }
}
