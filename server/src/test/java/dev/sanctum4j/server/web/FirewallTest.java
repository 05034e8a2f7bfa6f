package dev.sanctum4j.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** Header values are allowed by a loop of ours, which has to say what Spring Security's pattern says. */
class FirewallTest {

    private final StrictHttpFirewall theirs = new StrictHttpFirewall();

    @Test
    void allowsEachCharacterThatSpringSecurityAllowsAndNoOther() {
        List<String> differ = new ArrayList<>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String value = "a" + Character.toString(c) + "b";
            if (WebSecurity.isAllowed(value) != isAllowedByThem(value)) {
                differ.add(Integer.toHexString(c));
            }
        }
        assertThat(differ).isEmpty();
    }

    private boolean isAllowedByThem(String value) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.addHeader("X-Any", value);
        try {
            return value.equals(theirs.getFirewalledRequest(request).getHeader("X-Any"));
        } catch (RequestRejectedException e) {
            return false;
        }
    }
}
