package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signs people of first-party pages in and out with a session cookie. Tokens are refused here. */
@RestController
@Conditional({OnFirstPartyPages.class, OnSessionEndpoints.class})
class SessionController {

    private static final String FAILURE = "These credentials do not match our records.";

    private final FirstPartyRequests firstParty;
    private final PasswordCheck passwords;
    private final SignIn signIn;
    private final Diagnosis diagnosis;
    private final PageFindings findings;
    private final TwoSessionCookies two;
    private final ObjectProvider<SignOutElsewhere> elsewhere;

    SessionController(
            FirstPartyRequests firstParty,
            PasswordCheck passwords,
            SignIn signIn,
            Diagnosis diagnosis,
            PageFindings findings,
            TwoSessionCookies two,
            ObjectProvider<SignOutElsewhere> elsewhere) {
        this.firstParty = firstParty;
        this.passwords = passwords;
        this.signIn = signIn;
        this.diagnosis = diagnosis;
        this.findings = findings;
        this.two = two;
        this.elsewhere = elsewhere;
    }

    @PostMapping("/login")
    ResponseEntity<Void> login(HttpServletRequest request, HttpServletResponse response) throws IOException {
        passwords.require();
        requireFirstParty(request, response);
        RequestFields fields = RequestFields.read(request, Set.of("email", "password", "remember", "_token"));
        String email = fields.required("email", 255);
        String password = fields.password("password");
        fields.check();
        PasswordCheck.Passed passed = passwords.check(email, password, request.getRemoteAddr(), "email", FAILURE);
        signIn.signIn(request, response, passed, fields.flag("remember"));
        signIn.confirmed(request);
        return ResponseEntity.noContent().build();
    }

    /** Says where the provider signs out whoever came from one, to those who ask for JSON. */
    @PostMapping("/logout")
    void logout(HttpServletRequest request, HttpServletResponse response) throws IOException {
        requireFirstParty(request, response);
        Optional<URI> there = asksForJson(request)
                ? Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
                        .flatMap(who -> elsewhere.stream()
                                .flatMap(one -> one.of(who).stream())
                                .findFirst())
                : Optional.empty();
        signIn.signOut(request, response);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store"); // the address has a token of the provider's
        if (there.isPresent()) {
            WireJson.write(
                    response,
                    MediaType.APPLICATION_JSON_VALUE,
                    Map.of("location", there.get().toString()));
        } else {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        }
    }

    private static boolean asksForJson(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return accept != null && accept.contains(MediaType.APPLICATION_JSON_VALUE);
    }

    /** Gives the password again, for what {@code sanctum.spa.confirm-within} asks it for. */
    @PostMapping("/user/confirm-password")
    ResponseEntity<Void> confirmPassword(HttpServletRequest request, HttpServletResponse response) throws IOException {
        passwords.require();
        requireFirstParty(request, response);
        RequestFields fields = RequestFields.read(request, Set.of("password", "_token"));
        String password = fields.password("password");
        fields.check();
        signIn.confirm(request, "password", password);
        return ResponseEntity.status(HttpStatus.CREATED).build();
    }

    private void requireFirstParty(HttpServletRequest request, HttpServletResponse response) {
        if (firstParty.hasToken(request)) {
            throw new ProblemException(Refusals.sessionRequired("A token does not sign in or out; end it instead."));
        }
        if (two.end(request, response, Csrf.MISMATCH)) {
            throw new ProblemException(
                    Csrf.mismatch("Two session cookies were sent, of which one was planted or is left from before"
                            + " a change. Both have ended with this answer: GET /sanctum/csrf-cookie, and try again."));
        }
        if (!firstParty.matches(request)) {
            diagnosis.refused(request, response, Csrf.MISMATCH, () -> findings.notFirstParty(request));
            throw new ProblemException(
                    Csrf.mismatch(
                            "This request does not come from a first-party page: its Origin, Sec-Fetch-Site or Referer names none."));
        }
    }
}
