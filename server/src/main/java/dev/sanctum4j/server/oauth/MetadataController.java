package dev.sanctum4j.server.oauth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * What clients look for under {@code /.well-known} when they are refused. No authorization server is named, and there is no document of one
 * (RFC 8414) unless somebody says under which issuer: clients take it for a place to send people to, and those of MCP break on one that has none.
 */
@RestController
class MetadataController {

    /** RFC 9728: this server as a resource, and where people make tokens for it. */
    @GetMapping("/.well-known/oauth-protected-resource")
    Map<String, Object> resource() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resource", base());
        json.put("bearer_methods_supported", List.of("header"));
        json.put("resource_documentation", base() + "/settings/tokens/new");
        return json;
    }

    private static String base() {
        return ServletUriComponentsBuilder.fromCurrentContextPath().toUriString();
    }
}
