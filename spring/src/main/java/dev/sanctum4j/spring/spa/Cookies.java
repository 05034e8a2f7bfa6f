package dev.sanctum4j.spring.spa;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookies of first-party pages that we write ourselves: the one with the CSRF token, and the session's where it is ours.
 *
 * <p>Thread-safe.
 */
final class Cookies {

    /** Browsers take a cookie of such a name only from the host itself: no sibling host can plant one. */
    private static final String HOST_ONLY = "__Host-";

    private static final Pattern AGE = Pattern.compile("; *(Max-Age|Expires)=[^;]*", Pattern.CASE_INSENSITIVE);

    /** A host that is part of others: no address, and nothing odd that was sent for one. */
    private static final Pattern HOST = Pattern.compile(
            "(?=.{1,100}$)(?=.*[a-zA-Z])[A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)+");

    private static final int HOSTS_ABOVE = 3;

    /** How many characters of cookies end others at most: Tomcat sends 8 KB of headers. */
    private static final int ENDING = 6_000;

    /** The age of a cookie that ends with the browser. */
    static final Duration OF_BROWSER = Duration.ofSeconds(-1);

    private final SpaProperties.Cookie settings;

    Cookies(SpaProperties.Cookie settings) {
        this.settings = settings;
    }

    /** The name of our session cookie on this request: with the prefix {@code __Host-} where the rules for it are kept. */
    String sessionName(HttpServletRequest request) {
        String name = Objects.requireNonNull(settings.sessionName(), "there is no session cookie of ours");
        boolean hostOnly = isSecure(request)
                && settings.domain().isEmpty()
                && path(request).equals("/")
                && !name.startsWith("__");
        return hostOnly ? HOST_ONLY + name : name;
    }

    private String path(HttpServletRequest request) {
        String own = request.getContextPath();
        return settings.path() != null ? settings.path() : own.isEmpty() ? "/" : own;
    }

    /** Sets the session cookie. */
    void session(HttpServletRequest request, HttpServletResponse response, String value, Duration age) {
        set(sessionName(request), value, age, true, request, response);
    }

    /** Sets the session cookie that was sent once more, if it is one and ours. */
    void repeatSession(HttpServletRequest request, HttpServletResponse response) {
        if (settings.sessionName() != null) {
            List<String> sent = sent(request, sessionName(request));
            if (sent.size() == 1) {
                session(request, response, sent.get(0), OF_BROWSER);
            }
        }
    }

    /** Tells the page its CSRF token. */
    void csrf(HttpServletRequest request, HttpServletResponse response, String value, Duration age) {
        set(settings.csrfName(), value, age, false, request, response);
    }

    /**
     * Ends all that may be there of the session's cookie and of the one with the CSRF token: for this host alone and for each that
     * it is part of, whatever the setting was before, at our path and at those above; and the session's at each path that leads to
     * this request, which is where a sibling host may have planted it.
     */
    void expire(String sessionName, HttpServletRequest request, HttpServletResponse response) {
        SessionCookieConfig container = request.getServletContext().getSessionCookieConfig();
        Set<String> domains = new LinkedHashSet<>();
        domains.add("");
        domains.add(settings.domain());
        Set<String> paths = new LinkedHashSet<>();
        paths.add(path(request));
        paths.add(request.getContextPath().isEmpty() ? "/" : request.getContextPath());
        paths.add("/");
        Optional.ofNullable(container.getDomain()).ifPresent(domains::add);
        Optional.ofNullable(container.getPath()).ifPresent(paths::add);
        Set<String> hosts = new LinkedHashSet<>();
        String host = HOST.matcher(request.getServerName()).matches() ? request.getServerName() : "";
        for (int above = 0; above <= HOSTS_ABOVE && host.contains("."); above++) {
            hosts.add(host);
            host = host.substring(host.indexOf('.') + 1);
        }
        domains.addAll(hosts);
        List<String> lines = new ArrayList<>();
        for (String path : paths) {
            domains.forEach(domain -> lines.add(ended(sessionName, domain, path, request)));
            domains.forEach(domain -> lines.add(ended(settings.csrfName(), domain, path, request)));
        }
        leading(request.getRequestURI())
                .filter(path -> !paths.contains(path))
                .forEach(path -> hosts.forEach(domain -> lines.add(ended(sessionName, domain, path, request))));
        int length = 0;
        for (String line : lines) {
            length += line.length();
            if (length <= ENDING) {
                response.addHeader(HttpHeaders.SET_COOKIE, line);
            }
        }
    }

    private String ended(String name, String domain, String path, HttpServletRequest request) {
        return ResponseCookie.from(name, "")
                .maxAge(Duration.ZERO)
                .domain(domain)
                .path(path)
                .secure(isSecure(request))
                .build()
                .toString();
    }

    /** The paths of cookies that come with a request, the longest first. */
    private static Stream<String> leading(String uri) {
        String path = uri.split(";", 2)[0]; // which ends the path of a cookie
        return IntStream.rangeClosed(1, path.length())
                .map(back -> path.length() + 1 - back)
                .filter(end -> end == path.length() || path.charAt(end) == '/' || path.charAt(end - 1) == '/')
                .mapToObj(end -> path.substring(0, end))
                .filter(end -> end.chars().allMatch(c -> c > ' ' && c < 0x7f)); // no cookie has another
    }

    /**
     * The values of all cookies of this name, as browsers send them: between semicolons, whatever is around them. Containers
     * differ in what they make of quotes, of {@code $Version}, and of bytes that look like a space, and what they differ in
     * is what somebody else may have planted.
     */
    static List<String> sent(HttpServletRequest request, String name) {
        ServletRequest raw = request;
        while (raw instanceof ServletRequestWrapper wrapper) { // one of them refuses the whole request for such bytes
            raw = wrapper.getRequest();
        }
        List<String> values = new ArrayList<>();
        for (String line : Collections.list(((HttpServletRequest) raw).getHeaders(HttpHeaders.COOKIE))) {
            for (String pair : line.split(";", -1)) {
                int end = pair.indexOf('=');
                if (end > 0 && pair.substring(0, end).trim().equals(name)) { // not strip(), which knows U+2000
                    values.add(pair.substring(end + 1).trim());
                }
            }
        }
        return values;
    }

    private boolean isSecure(HttpServletRequest request) {
        Boolean secure = settings.secure();
        return secure == null ? request.isSecure() : secure;
    }

    private void set(
            String name,
            String value,
            Duration age,
            boolean httpOnly,
            HttpServletRequest request,
            HttpServletResponse response) {
        ResponseCookie cookie = ResponseCookie.from(name, value)
                .maxAge(age)
                .domain(settings.domain())
                .path(path(request))
                .secure(isSecure(request))
                .httpOnly(httpOnly)
                .sameSite(Objects.requireNonNullElse(settings.sameSite(), SpaProperties.SameSite.LAX)
                        .attribute())
                .build();
        replace(response, name, cookie.toString());
    }

    /** Lets the session cookie that the servlet container has just set outlive the browser. */
    static void persist(HttpServletResponse response, String name, Duration age) {
        response.getHeaders(HttpHeaders.SET_COOKIE).stream()
                .filter(line -> line.startsWith(name + "="))
                .reduce((first, last) -> last)
                .ifPresent(line ->
                        replace(response, name, AGE.matcher(line).replaceAll("") + "; Max-Age=" + age.toSeconds()));
    }

    /** A response may set a cookie twice, at sign-in for one; only the last counts. */
    private static void replace(HttpServletResponse response, String name, String line) {
        var others = response.getHeaders(HttpHeaders.SET_COOKIE).stream()
                .filter(other -> !other.startsWith(name + "="))
                .toList();
        response.setHeader(HttpHeaders.SET_COOKIE, line);
        others.forEach(other -> response.addHeader(HttpHeaders.SET_COOKIE, other));
    }
}
