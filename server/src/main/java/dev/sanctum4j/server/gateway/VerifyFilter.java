package dev.sanctum4j.server.gateway;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Translates between gateways and the filters that judge every request: puts their question so that the original request is
 * judged, and sees to it that the answer is 200, 401, 403 or 503 and nothing else.
 *
 * <p>Thread-safe.
 */
final class VerifyFilter extends OncePerRequestFilter {

    private static final Pattern ABILITY = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._:~!$&'()+,=@-]+");
    private static final List<String> METHOD_OVERRIDES =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private final GatewayProperties settings;
    private final Proxies proxies;
    private final @Nullable Rules rules;
    private final ProblemWriter problems;

    VerifyFilter(GatewayProperties settings, Proxies proxies, @Nullable Rules rules, ProblemWriter problems) {
        this.settings = settings;
        this.proxies = proxies;
        this.rules = rules;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = path(request);
        return !path.equals(Question.PATH) && !path.startsWith(Question.PATH + "/");
    }

    private static String path(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.addHeader(HttpHeaders.VARY, "Authorization, Cookie");
        Question question = question(request);
        Answer answer = new Answer(response);
        try {
            chain.doFilter(question, answer);
        } catch (RuntimeException | ServletException e) {
            logger.error("A question of a gateway could not be answered", e);
            answer.sendError(500);
        }
        if (question.isAllowed() && answer.getStatus() == 200) {
            answer.resetBuffer();
        } else {
            refuse(question, answer);
        }
        answer.copyBodyToResponse();
    }

    private Question question(HttpServletRequest request) {
        String peer = PeerAddress.of(request);
        boolean trusted = proxies.trusts(peer);
        String below = path(request).substring(Question.PATH.length());
        OriginalRequest original = trusted ? settings.originalRequest().read(request, below) : OriginalRequest.UNKNOWN;
        String client = trusted
                ? proxies.client(request.getRemoteAddr(), Collections.list(request.getHeaders("X-Forwarded-For")))
                : request.getRemoteAddr();
        boolean tells = settings.originalRequest() != OriginalRequest.Source.NONE;
        boolean byPath = settings.originalRequest() != OriginalRequest.Source.PATH && !below.isEmpty();
        Optional<List<String>> abilities = Optional.empty();
        String refusal;
        if (Smuggled.isIn(request)) {
            refusal = "The gateway passes on what Connection or Upgrade ask for, or a second name of a header.";
        } else if (original.overridesMethod()
                || METHOD_OVERRIDES.stream().anyMatch(name -> request.getHeader(name) != null)) {
            refusal = "The request asks for another method than it has.";
        } else if (tells && !trusted) {
            refusal = "The question does not come from a gateway in sanctum.gateway.trusted-proxies.";
        } else if (tells && (original.method() == null || original.path().isEmpty())) {
            refusal = "The request does not tell its method, or has a path that can be read in two ways.";
        } else if (byPath) {
            abilities = abilities(below);
            refusal = "The path of the question is not /verify with abilities behind it.";
        } else {
            abilities = rules == null ? Optional.of(List.of()) : asked(rules, original, McpCall.of(request));
            refusal =
                    "No rule lets anybody make this request, or it does not say in Mcp-Method and Mcp-Name what it calls.";
        }
        return new Question(
                request, original, abilities.orElse(List.of()), abilities.isPresent() ? null : refusal, client);
    }

    /** The abilities that the configuration of the gateway puts into the path. */
    private static Optional<List<String>> abilities(String below) {
        List<String> abilities = List.of(below.substring(1).split("/", -1));
        return abilities.stream().allMatch(name -> ABILITY.matcher(name).matches())
                ? Optional.of(abilities)
                : Optional.empty();
    }

    private static Optional<List<String>> asked(Rules rules, OriginalRequest original, Optional<McpCall> call) {
        String method = original.method();
        return method == null ? Optional.empty() : original.path().flatMap(path -> rules.abilities(method, path, call));
    }

    private void refuse(Question question, Answer answer) throws IOException {
        int status = answer.getStatus();
        boolean signInHelps = status == 401
                && "Bearer".equals(answer.getHeader(HttpHeaders.WWW_AUTHENTICATE)); // no credential was sent
        Optional<String> page = signInHelps ? signInPage(question) : Optional.empty();
        if (page.isPresent()) {
            answer.resetBuffer();
            answer.setStatus(302);
            answer.setHeader(HttpHeaders.LOCATION, page.get());
            return;
        }
        switch (status) {
            case 401, 403, 503 -> {
                String refusal = question.refusal();
                if (status == 403 && refusal != null) {
                    write(answer, status, refusal);
                } else if (answer.getContentSize() == 0) {
                    write(answer, status, "");
                }
            }
            case 400 -> write(answer, 401, "Send one credential, in its plain form.");
            case 419 ->
                write(answer, 403, "CSRF token mismatch: the session needs the X-XSRF-TOKEN header for this method.");
            default -> write(answer, status >= 500 ? 503 : 403, "");
        }
        if (answer.getStatus() == 401 && answer.getHeader(HttpHeaders.WWW_AUTHENTICATE) == null) {
            answer.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_request\"");
        }
    }

    /** Where a browser signs in, and which page of the same host it comes back to. */
    private Optional<String> signInPage(Question question) {
        String target = question.original().target();
        return settings.signIn().isEmpty() || target == null || !question.isNavigation()
                ? Optional.empty()
                : question.original()
                        .path()
                        .map(plain -> settings.signIn() + "?next=" + URLEncoder.encode(target, StandardCharsets.UTF_8));
    }

    private void write(Answer answer, int status, String detail) throws IOException {
        Problem problem = Problem.of(HttpStatus.valueOf(status));
        if (status == 503) {
            problem = problem.header(HttpHeaders.RETRY_AFTER, "1");
        }
        problems.write(answer, detail.isEmpty() ? problem : problem.detail(detail));
    }
}
