package dev.sanctum4j.spring.spa;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How first-party pages sign in.
 *
 * @param stateful The hosts whose pages may use the session cookie, like app.example.com, localhost:3000,
 *     *.example.com, or self for the host of the request; none unless set.
 * @param csrf How pages prove that an unsafe request is their own.
 * @param cookie The cookies of such pages.
 * @param sessionLifetime How long an unused session lives.
 * @param rememberLifetime How long an unused session lives of those who asked to be remembered.
 * @param confirmWithin How long a password counts as confirmed for creating tokens, ending sessions and the like;
 *     never asked for again unless set.
 * @param maxSessions In how many places somebody may be signed in, where Spring Session finds sessions by whose they are. The
 *     session unused longest ends when another one begins.
 */
@ConfigurationProperties("sanctum.spa")
public record SpaProperties(
        @DefaultValue List<String> stateful,
        @DefaultValue("token") Csrf csrf,
        @DefaultValue Cookie cookie,
        @DefaultValue("2h") Duration sessionLifetime,
        @DefaultValue("30d") Duration rememberLifetime,
        @Nullable Duration confirmWithin,
        @DefaultValue("100") int maxSessions) {

    /** Forgets entries that are blank, as a variable leaves them that is not set. */
    public SpaProperties {
        stateful = stateful.stream().filter(entry -> !entry.isBlank()).toList();
    }

    /** How a first-party page proves that an unsafe request is its own. */
    public enum Csrf {
        /** By a token that belongs to the session, as clients of Sanctum send it. */
        TOKEN,
        /** By what browsers say of a request themselves: Origin and Sec-Fetch-Site. */
        FETCH_METADATA
    }

    /** The SameSite attribute of a cookie. */
    public enum SameSite {
        /** Sent from pages of the same site, and on navigation from others. */
        LAX,
        /** Sent from pages of the same site only. */
        STRICT,
        /** Sent from everywhere; browsers want it Secure. */
        NONE;

        String attribute() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The cookie that tells pages their CSRF token, and what is to be changed of the application's session cookie, which stays
     * as it is where nothing is set.
     *
     * @param sessionName The name of the session cookie; that of the servlet container or of Spring Session unless set. Where
     *     Spring Session keeps the sessions, the store then holds a hash of the cookie only, and '__Host-' stands before the
     *     name where the cookie is Secure and has no domain.
     * @param csrfName The name of the cookie that tells pages their CSRF token.
     * @param domain The domain of both cookies, like example.com, where page and API are on different hosts below it; this host
     *     only unless set.
     * @param path The path of both cookies; that of the application unless set.
     * @param sameSite The SameSite attribute of both cookies; unless set 'lax' for the CSRF token and the application's own for
     *     the session.
     * @param secure Whether both cookies are Secure; unless set as the request is, and for the session what the application says.
     */
    public record Cookie(
            @Nullable String sessionName,
            @DefaultValue("XSRF-TOKEN") String csrfName,
            @DefaultValue("") String domain,
            @Nullable String path,
            @Nullable SameSite sameSite,
            @Nullable Boolean secure) {}
}
