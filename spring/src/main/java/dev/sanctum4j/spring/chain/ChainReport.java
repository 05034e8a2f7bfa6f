package dev.sanctum4j.spring.chain;

import dev.sanctum4j.spring.Probe;
import dev.sanctum4j.spring.TokenChains;
import dev.sanctum4j.spring.http.Diagnosis;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.core.env.Environment;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Says once, when an application has started, how its filter chains and ours share its routes, as far as that is not what somebody who reads
 * either would expect.
 */
final class ChainReport {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

    /** Served where first-party pages are listed. */
    private static final String CSRF_COOKIE = "/sanctum/csrf-cookie";

    private final UnclaimedRequests taken;
    private final Endpoints endpoints;
    private final OtherChains others;
    private final String prefix;
    private final boolean pathsAreChosen;
    private final boolean csrfIsShared;

    private final Set<String> closed = new TreeSet<>();
    private final Map<String, Set<String>> refused = new TreeMap<>();
    private final Map<String, Set<String>> tokenless = new TreeMap<>();
    private final Set<String> before = new TreeSet<>();
    private final Map<String, Set<String>> unreadable = new TreeMap<>();
    private boolean pagesAreListed;

    /** @param csrfIsShared whether our pages and the application's chains ask one repository for their CSRF tokens */
    ChainReport(
            UnclaimedRequests taken,
            Endpoints endpoints,
            OtherChains others,
            ObjectProvider<DispatcherServletPath> servlet,
            boolean csrfIsShared,
            Environment environment) {
        this.taken = taken;
        this.endpoints = endpoints;
        this.others = others;
        this.prefix = Probe.servletPath(servlet);
        this.pathsAreChosen = Binder.get(environment)
                .bind("sanctum.paths", Bindable.listOf(String.class))
                .isBound();
        this.csrfIsShared = csrfIsShared;
    }

    /** Looks at all routes of controllers and says what it finds. */
    void tell(Stream<RequestMappingInfoHandlerMapping> mappings) {
        if (!others.exist()) {
            return; // nothing is shared
        }
        mappings.forEach(mapping -> mapping.getHandlerMethods().forEach(this::look));
        if (!closed.isEmpty() && !pathsAreChosen) {
            LOG.warn(
                    "No filter chain of the application takes {}, so a token is asked for there. To keep such a path open, permit it in a chain:"
                            + " http.securityMatcher(\"{}\").authorizeHttpRequests(routes -> routes.anyRequest().permitAll());"
                            + " or say which paths take tokens: sanctum.paths=... (set it to /api/** if this is as it should be).",
                    String.join(", ", closed),
                    closed.iterator().next());
        }
        refused.forEach((chain, routes) -> LOG.warn(
                "The filter chain '{}' takes {} by its security matcher, and refuses whoever is not signed in. Add to that chain:"
                        + " .authorizeHttpRequests(routes -> routes.requestMatchers({}).permitAll()), and"
                        + " .csrf(csrf -> csrf.ignoringRequestMatchers({})) if it protects from CSRF.",
                chain,
                String.join(", ", routes),
                quoted(routes),
                quoted(routes)));
        tokenless.forEach((chain, routes) -> LOG.warn(
                "The filter chain '{}' takes {} by its security matcher, and takes no tokens. Add to that chain:"
                        + " .with(sanctum(), withDefaults())",
                chain,
                String.join(", ", routes)));
        if (pagesAreListed && !csrfIsShared) {
            unreadable.forEach((chain, routes) -> LOG.warn(
                    "The filter chain '{}' keeps its CSRF token in the session: first-party pages that do not find it in their HTML are refused"
                            + " at {}, whatever GET /sanctum/csrf-cookie has given them. Add to that chain: .csrf(CsrfConfigurer::spa)",
                    chain,
                    String.join(", ", routes)));
        }
        others.forAnyRequest()
                .filter(host -> !before.isEmpty())
                .ifPresent(host -> LOG.info(
                        "{} are answered before the filter chain '{}', which has no security matcher: its rules, its sessions and its CSRF"
                                + " protection count there for sessions, its other filters do not.",
                        String.join(", ", before),
                        host.name()));
    }

    private static String quoted(Set<String> routes) {
        return "\"" + String.join("\", \"", routes) + "\"";
    }

    private void look(RequestMappingInfo route, HandlerMethod method) {
        Set<String> methods = new TreeSet<>();
        route.getMethodsCondition().getMethods().forEach(one -> methods.add(one.name()));
        for (String verb : methods.isEmpty() ? Set.of("GET") : methods) {
            for (String pattern : route.getPatternValues()) {
                try {
                    look(pattern, Probe.of(verb, prefix + pattern), ThrownProblems.isOurs(method));
                } catch (
                        RuntimeException
                                e) { // a matcher of the application's, which asks a request for what this one has not
                    LOG.debug("The filter chains for {} {} cannot be found: {}", verb, pattern, e.toString());
                }
            }
        }
    }

    private void look(String pattern, Probe probe, boolean isOurs) {
        if (!isOurs) {
            if (!endpoints.matches(probe) && taken.takesPath(probe)) {
                closed.add(pattern);
            }
            if (CsrfFilter.DEFAULT_CSRF_MATCHER.matches(probe)) {
                lookForCsrf(pattern, probe);
            }
            return;
        }
        pagesAreListed |= pattern.equals(CSRF_COOKIE);
        OtherChains.Named chain = others.withMatcher(probe).orElse(null);
        if (chain == null) {
            if (endpoints.takesCaller(probe) && others.forAnyRequest().isPresent()) {
                before.add(pattern);
            }
        } else if (endpoints.isOpen(probe)) {
            if (!chain.filter(AuthorizationFilter.class).map(probe::isOpen).orElse(true)) {
                refused.computeIfAbsent(chain.name(), name -> new TreeSet<>()).add(pattern);
            }
        } else if (!TokenChains.takesTokens(chain.chain())) {
            tokenless.computeIfAbsent(chain.name(), name -> new TreeSet<>()).add(pattern);
        }
    }

    private void lookForCsrf(String pattern, Probe probe) {
        others.taking(probe)
                .filter(chain -> chain.filter(CsrfFilter.class)
                        .filter(csrf -> Trial.wantsSession(csrf, probe))
                        .isPresent())
                .ifPresent(chain -> unreadable
                        .computeIfAbsent(chain.name(), name -> new TreeSet<>())
                        .add(probe.getMethod() + " " + pattern));
    }
}
