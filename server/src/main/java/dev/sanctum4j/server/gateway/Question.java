package dev.sanctum4j.server.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The question of a gateway, put so that the filters which judge requests judge the original one: by its method, from its
 * client's address. Path, query and form of the question itself say nothing.
 */
final class Question extends HttpServletRequestWrapper {

    static final String PATH = "/verify";

    private static final String SITE = "Sec-Fetch-Site";
    private static final Set<String> PAGE = Set.of("origin", "referer", "sec-fetch-site");

    private final OriginalRequest original;
    private final List<String> abilities;
    private final @Nullable String refusal;
    private final String client;
    private final boolean navigation;
    private boolean allowed;

    /**
     * A question.
     *
     * @param asked as the gateway sent it
     * @param original the request that it asks about
     * @param abilities what that request needs
     * @param refusal why nobody may make it, in words for whoever sets the gateway up; absent if somebody may
     * @param client the address it comes from
     */
    Question(
            HttpServletRequest asked,
            OriginalRequest original,
            List<String> abilities,
            @Nullable String refusal,
            String client) {
        super(asked);
        this.original = original;
        this.abilities = abilities;
        this.refusal = refusal;
        this.client = client;
        this.navigation = original.isSafe()
                && "navigate".equals(OriginalRequest.header(asked, "Sec-Fetch-Mode"))
                && "document".equals(OriginalRequest.header(asked, "Sec-Fetch-Dest"));
    }

    OriginalRequest original() {
        return original;
    }

    List<String> abilities() {
        return abilities;
    }

    @Nullable
    String refusal() {
        return refusal;
    }

    /** Whether a person goes to a page: by its address, a bookmark or a link, and without changing anything. */
    boolean isNavigation() {
        return navigation;
    }

    /** Only a question that was marked so is answered with 200: nothing else on the way can say yes. */
    void allow() {
        allowed = true;
    }

    boolean isAllowed() {
        return allowed;
    }

    /** All that matters of the method: whether it may change something. */
    @Override
    public String getMethod() {
        return original.isSafe() ? "GET" : "POST";
    }

    @Override
    public String getRemoteAddr() {
        return client;
    }

    @Override
    public String getRemoteHost() {
        return client;
    }

    @Override
    public String getRequestURI() {
        return getContextPath() + PATH;
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(getScheme() + "://" + getServerName() + ":" + getServerPort() + getRequestURI());
    }

    @Override
    public String getServletPath() {
        return PATH;
    }

    @Override
    public @Nullable String getPathInfo() {
        return null;
    }

    @Override
    public @Nullable String getQueryString() {
        return null;
    }

    @Override
    public @Nullable String getParameter(String name) {
        return null;
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Map.of();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.emptyEnumeration();
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return null;
    }

    /** A navigation comes from no page; it counts as one of the site's own, and so does what it may do: look. */
    @Override
    public @Nullable String getHeader(String name) {
        Enumeration<String> values = getHeaders(name);
        return values.hasMoreElements() ? values.nextElement() : null;
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        if (navigation && PAGE.contains(name.toLowerCase(Locale.ROOT))) {
            return Collections.enumeration(name.equalsIgnoreCase(SITE) ? List.of("same-origin") : List.of());
        }
        return super.getHeaders(name);
    }
}
