package dev.sanctum4j.server.oauth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Where to ask: what clients of OAuth look for under {@code /.well-known}. */
@RestController
class MetadataController {

    private static final List<String> METHODS = List.of("client_secret_basic", "client_secret_post");

    /** RFC 9728: this server as a resource. */
    @GetMapping("/.well-known/oauth-protected-resource")
    Map<String, Object> resource() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resource", base());
        json.put("authorization_servers", List.of(base()));
        json.put("bearer_methods_supported", List.of("header"));
        return json;
    }

    /** RFC 8414, as far as it fits: there is no grant here, people make tokens themselves. */
    @GetMapping("/.well-known/oauth-authorization-server")
    Map<String, Object> server() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("issuer", base());
        json.put("introspection_endpoint", base() + "/oauth2/introspect");
        json.put("introspection_endpoint_auth_methods_supported", METHODS);
        json.put("revocation_endpoint", base() + "/oauth2/revoke");
        json.put("revocation_endpoint_auth_methods_supported", METHODS);
        json.put("response_types_supported", List.of());
        json.put("grant_types_supported", List.of());
        return json;
    }

    private static String base() {
        return ServletUriComponentsBuilder.fromCurrentContextPath().toUriString();
    }
}
