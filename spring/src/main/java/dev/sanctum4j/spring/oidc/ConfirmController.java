package dev.sanctum4j.spring.oidc;

import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.util.UrlUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Leads whoever is signed in to the provider that they came from, which is to ask who they are, and back to a page of this host. */
@RestController
class ConfirmController {

    static final String PATH = "/sanctum/confirm/";

    /** A path of this host: with two slashes in the beginning, or one that leans, it would be another one. */
    private static final Pattern LOCAL = Pattern.compile("/(?!/)[\\x21-\\x7e&&[^\\\\]]{0,1999}");

    private final ProviderConfirmation provider;

    ConfirmController(ProviderConfirmation provider) {
        this.provider = provider;
    }

    @GetMapping(PATH + "{registration}")
    ResponseEntity<Void> confirm(
            @Nullable Authentication caller,
            @PathVariable String registration,
            @RequestParam(defaultValue = "/") String to,
            HttpServletRequest request) {
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(
                    Refusals.sessionRequired("This takes a session: a token never stands for a person."));
        }
        HttpSession session = request.getSession(false);
        if (caller == null || session == null) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (!LOCAL.matcher(to).matches()) {
            throw new ProblemException(Problem.invalid("to", "invalid", "The to field must be a path of this host."));
        }
        if (!provider.begin(session, caller, registration)) {
            throw new ProblemException(Problem.notFound());
        }
        session.setAttribute(
                ProviderConfirmation.SAVED_REQUEST,
                new SimpleSavedRequest(UrlUtils.buildFullRequestUrl(
                        request.getScheme(), request.getServerName(), request.getServerPort(), to, null)));
        return ResponseEntity.status(HttpStatus.FOUND)
                .cacheControl(CacheControl.noStore())
                .location(URI.create(request.getContextPath()
                        + OAuth2AuthorizationRequestRedirectFilter.DEFAULT_AUTHORIZATION_REQUEST_BASE_URI + "/"
                        + registration))
                .build();
    }
}
