package dev.sanctum4j.spring.approval;

import dev.sanctum4j.spring.http.WireJson;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The document by which programs find where to ask and to poll (RFC 8414). It names no page to authorize on, for there is none. */
@RestController
class IssuerController {

    static final String PATH = "/.well-known/oauth-authorization-server";

    private final String issuer;

    IssuerController(String issuer) {
        this.issuer = issuer;
    }

    @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, Object>> document(HttpServletRequest request) {
        String base = issuer + request.getContextPath();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("issuer", issuer);
        json.put("device_authorization_endpoint", base + Addresses.AUTHORIZATION);
        json.put("token_endpoint", base + Addresses.TOKEN);
        json.put("token_endpoint_auth_methods_supported", List.of("none"));
        json.put("grant_types_supported", List.of(DeviceController.GRANT));
        json.put("response_types_supported", List.of());
        return WireJson.of(json);
    }
}
