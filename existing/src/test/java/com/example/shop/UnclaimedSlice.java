package com.example.shop;

import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.example.shapes.TwoChains;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

/** A slice of the application with two chains; run by the recorder. */
@WebMvcTest
@Import(TwoChains.class)
class UnclaimedSlice {

    @Autowired
    MockMvc mvc;

    @MockitoBean
    Orders orders;

    @MockitoBean
    TokenStore invitations;

    @Test
    void leavesOpenWhatNoChainClaims() throws Exception {
        mvc.perform(get("/open/hello")).andExpect(status().isOk());
    }

    @Test
    void leavesOpenWhatNoChainClaimsBelowApi() throws Exception {
        mvc.perform(get("/api/public/hours")).andExpect(status().isOk());
    }

    @Test
    void asksForBasic() throws Exception {
        mvc.perform(get("/api/orders")).andExpect(status().isUnauthorized());
        mvc.perform(get("/api/orders").with(httpBasic("ada@example.test", "wrong")))
                .andExpect(status().isUnauthorized());
    }
}
