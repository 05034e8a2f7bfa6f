package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spa.FirstParty;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.PageHeaders;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.http.ReadRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Asks in front of the server what it cannot: who calls by a token and never by a cookie, whether a page of a foreign host asks, whose
 * a session is, and whether the token may call the tool, so that a refusal is a 403 which says what is missing. Behind all
 * filter chains, so that it asks whichever of them let the caller in.
 *
 * <p>Thread-safe.
 */
final class McpCallFilter extends OncePerRequestFilter {

    private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();
    private static final Pattern ENCODED = Pattern.compile("=\\?base64\\?(.*)\\?=", Pattern.CASE_INSENSITIVE);

    private final McpEndpoint endpoint;
    private final McpTools tools;
    private final McpSessions sessions = new McpSessions();
    private final Refusals refusals;
    private final ProblemWriter problems;
    private final FirstParty pages;
    private final DataSize maxBody;

    McpCallFilter(
            McpEndpoint endpoint,
            McpTools tools,
            Refusals refusals,
            ProblemWriter problems,
            List<String> origins,
            DataSize maxBody) {
        this.endpoint = endpoint;
        this.tools = tools;
        this.refusals = refusals;
        this.problems = problems;
        this.pages = FirstParty.of(
                Stream.concat(Stream.of(FirstParty.SELF), origins.stream()).toList());
        this.maxBody = maxBody;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !endpoint.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller == null || !TRUST.isAuthenticated(caller) || !isByToken(caller, request)) {
            refusals.commence(request, response, new InsufficientAuthenticationException("no token"));
            return;
        }
        try {
            String session = session(caller, request);
            checkOrigin(request);
            HttpServletRequest sent = request;
            if (HttpMethod.POST.matches(request.getMethod())) {
                checkCharset(request);
                byte[] body = body(request);
                AbilityRule.Decision refusal =
                        refusal(McpMessage.read(new String(body, StandardCharsets.UTF_8)), caller, request);
                if (refusal != null) {
                    refusals.handle(request, response, refusal.denied());
                    return;
                }
                sent = new ReadRequest(request, body);
            } else if (HttpMethod.GET.matches(request.getMethod()) && endpoint.protocol() != McpEndpoint.Protocol.SSE) {
                throw new ProblemException(Problem.of(HttpStatus.METHOD_NOT_ALLOWED)
                        .detail("Streams without a call would outlive their token, so there are none.")
                        .header(HttpHeaders.ALLOW, "POST, DELETE"));
            }
            McpAnswer answer = new McpAnswer(response, began -> sessions.began(began, caller));
            chain.doFilter(sent, answer);
            answer.finish(problems);
            if (session != null && HttpMethod.DELETE.matches(request.getMethod()) && answer.getStatus() < 400) {
                sessions.ended(session);
            }
        } catch (ProblemException e) {
            problems.write(response, e);
        }
    }

    /** A header, of whichever kind of token a chain of the application's takes here, can be sent by no foreign page. */
    private static boolean isByToken(Authentication caller, HttpServletRequest request) {
        return caller instanceof TokenAuthentication
                || BearerToken.read(request.getHeader(HttpHeaders.AUTHORIZATION))
                                .kind()
                        == BearerToken.Kind.TOKEN;
    }

    private void checkOrigin(HttpServletRequest request) {
        String origin = PageHeaders.one(request, HttpHeaders.ORIGIN);
        if (origin != null && !pages.admits(origin, null, null, PageHeaders.asked(request))) {
            throw new ProblemException(
                    Problem.forbidden(
                            "Pages of this origin may not call. Programs send no Origin; other pages are listed by sanctum.mcp.origins."));
        }
    }

    /** The session that is asked for, which is as good as gone for any other token. */
    private @Nullable String session(Authentication caller, HttpServletRequest request) {
        String session = request.getHeader(McpSessions.HEADER);
        if (session != null
                && endpoint.protocol() == McpEndpoint.Protocol.STREAMABLE
                && !sessions.isOf(session, caller)) {
            throw new ProblemException(
                    Problem.notFound().detail("There is no such session of this token. Initialize another."));
        }
        return session;
    }

    /** The server behind reads the message as the header says, and in another one it could be another message. */
    private static void checkCharset(HttpServletRequest request) {
        try {
            String type = request.getContentType();
            Charset charset =
                    type == null ? null : MediaType.parseMediaType(type).getCharset();
            if (charset == null || charset.equals(StandardCharsets.UTF_8)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // none that is known
        }
        throw new ProblemException(Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE).detail("A message is JSON in UTF-8."));
    }

    private byte[] body(HttpServletRequest request) throws IOException {
        int most = Math.toIntExact(maxBody.toBytes());
        byte[] body = request.getContentLengthLong() > most
                ? null
                : request.getInputStream().readNBytes(most + 1);
        if (body == null || body.length > most) {
            throw new ProblemException(Problem.of(HttpStatus.CONTENT_TOO_LARGE)
                    .detail("A message may have at most " + maxBody.toKilobytes() + " KiB."));
        }
        return body;
    }

    /** By the name in the message, and by that in the header, which a proxy may have believed. */
    private AbilityRule.@Nullable Decision refusal(
            McpMessage message, Authentication caller, HttpServletRequest request) {
        List<String> names = new ArrayList<>(List.of(message.name()));
        Collections.list(request.getHeaders("Mcp-Name")).forEach(name -> names.add(decoded(name)));
        return names.stream()
                .map(name -> tools.refusal(message.kinds(), name, caller))
                .filter(refusal -> refusal != null)
                .findFirst()
                .orElse(null);
    }

    private static String decoded(String name) {
        Matcher encoded = ENCODED.matcher(name.strip());
        if (!encoded.matches()) {
            return name.strip();
        }
        try {
            return new String(Base64.getDecoder().decode(encoded.group(1)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    Problem.of(HttpStatus.BAD_REQUEST).detail("The header Mcp-Name cannot be decoded."));
        }
    }
}
