package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.http.Diagnosis.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Cookie;
import org.springframework.core.env.Environment;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** Settings that are allowed and still end in 401 or 419: told at start, before somebody searches for a day. */
final class PageSettings {

    /** Around the host of an entry, which has been read before, are scheme, wildcard and port. */
    private static final Pattern ENTRY = Pattern.compile("(?:.*://)?(?:\\*\\.)?(\\[.*]|[^:]*).*");

    private final SpaProperties spa;
    private final List<Finding> found = new ArrayList<>();

    private PageSettings(SpaProperties spa) {
        this.spa = spa;
    }

    static List<Finding> find(
            SpaProperties spa,
            @Nullable CsrfTokenRepository csrf,
            Stream<UrlBasedCorsConfigurationSource> cors,
            boolean ours,
            Environment environment) {
        PageSettings all = new PageSettings(spa);
        if (!spa.stateful().isEmpty()) {
            all.domain();
            all.secure();
            all.csrf(csrf);
            cors.forEach(source -> source.getCorsConfigurations().forEach(all::cors));
            all.container(ours, environment);
        }
        return all.found;
    }

    private void domain() {
        String domain = spa.cookie().domain();
        if (domain.isEmpty()) {
            return;
        }
        for (String entry : spa.stateful()) {
            String host = host(entry);
            if (!host.equals("self") && !host.equals(domain) && !host.endsWith("." + domain)) {
                found.add(new Finding(
                        "The first-party host '" + host + "' is not covered by sanctum.spa.cookie.domain '" + domain
                                + "': its pages cannot read the CSRF cookie, which ends in 419.",
                        "Set the domain that both page and API are below, or take '" + host
                                + "' off sanctum.spa.stateful."));
            }
        }
    }

    private void secure() {
        SpaProperties.Cookie cookie = spa.cookie();
        boolean secure = Boolean.TRUE.equals(cookie.secure());
        if (cookie.sameSite() == SpaProperties.SameSite.NONE && !secure) {
            found.add(new Finding(
                    "sanctum.spa.cookie.same-site is 'none' without secure=true: browsers drop such cookies on http.",
                    "Set sanctum.spa.cookie.secure=true and serve https, or use 'lax'."));
        }
        for (String entry : spa.stateful()) {
            String host = host(entry);
            boolean loopback = host.equals("localhost") || host.endsWith(".localhost") || host.startsWith("127.");
            if (secure && entry.trim().toLowerCase(Locale.ROOT).startsWith("http://") && !loopback) {
                found.add(new Finding(
                        "sanctum.spa.cookie.secure is true, but '" + entry + "' is plain http: its browser never sends"
                                + " the session cookie, which ends in 401.",
                        "Serve the page by https, or leave secure unset: it then follows the request."));
            }
        }
        String name = cookie.sessionName();
        if (Boolean.FALSE.equals(cookie.secure()) && name != null && name.startsWith("__")) {
            found.add(new Finding(
                    "The session cookie's name '" + name + "' promises Secure, but secure is false:"
                            + " browsers drop it.",
                    "Leave sanctum.spa.cookie.secure unset and the prefix away: it is added where it holds."));
        }
    }

    private void csrf(@Nullable CsrfTokenRepository repository) {
        if (repository instanceof CookieCsrfTokenRepository) {
            found.add(new Finding(
                    "The application's CookieCsrfTokenRepository does not tie CSRF tokens to the session: a sibling"
                            + " host that plants the cookie can forge requests.",
                    "Remove the bean; Sanctum4j keeps the token in the session and still tells it in a cookie."));
        }
    }

    private void cors(String pattern, CorsConfiguration cors) {
        if (!Boolean.TRUE.equals(cors.getAllowCredentials())) {
            found.add(new Finding(
                    "The application's CORS configuration for '" + pattern + "' allows no credentials: pages of"
                            + " another origin call without their session cookie there, which ends in 401.",
                    "Set allowCredentials(true) and name the origins, or leave the first-party routes to"
                            + " Sanctum4j, which derives CORS from sanctum.spa.stateful."));
        }
    }

    private void container(boolean ours, Environment environment) {
        Cookie container = CookieChanges.own(environment);
        if (ours
                && (container.getName() != null
                        || container.getDomain() != null
                        || container.getSameSite() != null
                        || container.getSecure() != null)) {
            found.add(new Finding(
                    "server.servlet.session.cookie.* is set, but sessions are in Spring Session under the name of"
                            + " sanctum.spa.cookie.session-name, and follow sanctum.spa.cookie.*.",
                    "Move the settings to sanctum.spa.cookie.*."));
        }
        String domain = container.getDomain();
        if (!ours && domain != null && !domain.equals(spa.cookie().domain())) {
            found.add(new Finding(
                    "server.servlet.session.cookie.domain is '" + domain + "' and sanctum.spa.cookie.domain is '"
                            + spa.cookie().domain() + "': session and CSRF token do not travel together.",
                    "Set sanctum.spa.cookie.domain only; it holds for both."));
        }
    }

    private static String host(String entry) {
        return ENTRY.matcher(entry.trim().toLowerCase(Locale.ROOT)).replaceFirst("$1");
    }
}
