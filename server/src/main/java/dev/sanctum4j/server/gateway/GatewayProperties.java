package dev.sanctum4j.server.gateway;

import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How gateways ask.
 *
 * @param originalRequest Where the gateway says what was asked of it: none, x-original (X-Original-Method and
 *     X-Original-URI, nginx), x-forwarded (X-Forwarded-Method and X-Forwarded-Uri, Caddy and Traefik), or path (below
 *     /verify, Envoy).
 * @param trustedProxies The addresses and networks of gateways that are believed.
 * @param rules The file that tells which request needs which abilities; none unless set.
 * @param signIn The path, on the host of the gateway, of the page to which browsers are sent that are not signed in, like
 *     /login; they get 401 like everybody unless set.
 * @param actor Whether the answer has the header X-Auth-Actor, which tells who uses the token on its owner's behalf. The gateway
 *     has to replace that header as it does the others.
 */
@ConfigurationProperties("sanctum.gateway")
record GatewayProperties(
        @DefaultValue("none") OriginalRequest.Source originalRequest,
        @DefaultValue({"127.0.0.0/8", "::1"}) List<String> trustedProxies,
        @DefaultValue("") String rules,
        @DefaultValue("") String signIn,
        @DefaultValue("false") boolean actor) {

    GatewayProperties {
        trustedProxies = trustedProxies.stream().filter(text -> !text.isBlank()).toList();
        boolean known = originalRequest != OriginalRequest.Source.NONE;
        if (!known && !rules.isEmpty()) {
            throw new IllegalArgumentException(
                    "sanctum.gateway.rules is set, but sanctum.gateway.original-request does not"
                            + " say where to find the request; set it to x-original, x-forwarded or path");
        }
        if (!known && !signIn.isEmpty()) {
            throw new IllegalArgumentException(
                    "sanctum.gateway.sign-in is set, but sanctum.gateway.original-request does"
                            + " not say where to find the page to come back to; set it to x-original, x-forwarded or path");
        }
        if (originalRequest == OriginalRequest.Source.PATH && rules.isEmpty()) {
            throw new IllegalArgumentException("sanctum.gateway.original-request is path, which leaves no place for"
                    + " abilities in the path; set sanctum.gateway.rules");
        }
        if (!signIn.isEmpty() && !new OriginalRequest(null, signIn).path().equals(Optional.of(signIn))) {
            throw new IllegalArgumentException("sanctum.gateway.sign-in must be a path on the host of the gateway, like"
                    + " /login, was '" + signIn + "'");
        }
    }
}
