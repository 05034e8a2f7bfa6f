package dev.sanctum4j.spring.tokens;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.spa.PasswordCheck;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Gives a phone a token for a name and a password. Neither reads nor makes a session. Answers what {@code POST /api/tokens}
 * does to those who ask for JSON, and the bare text to others, as Sanctum's documentation has it. When the token expires is
 * told to both, to the latter in the header {@value #EXPIRES_AT}.
 */
@RestController
class PasswordTokenController {

    static final String PATH = "/sanctum/token";

    private static final String FAILURE = "The provided credentials are incorrect.";
    private static final String EXPIRES_AT = "Sanctum-Expires-At";

    private final Tokens tokens;
    private final Owners owners;
    private final TokenIssuing issuing;
    private final PasswordCheck passwords;
    private final Abilities byDefault;

    PasswordTokenController(
            Tokens tokens, Owners owners, TokenIssuing issuing, PasswordCheck passwords, Abilities byDefault) {
        this.tokens = tokens;
        this.owners = owners;
        this.issuing = issuing;
        this.passwords = passwords;
        this.byDefault = byDefault;
    }

    /** Writes the answer itself: a converter would log it. */
    @PostMapping(PATH)
    void issue(HttpServletRequest request, HttpServletResponse response) throws IOException {
        passwords.require();
        RequestFields fields = RequestFields.read(request, Set.of("email", "password", "device_name", "abilities"));
        String email = fields.required("email", 255);
        String password = fields.password("password");
        String device = fields.name("device_name");
        Abilities wanted = fields.has("abilities") ? Abilities.of(fields.texts("abilities")) : byDefault;
        fields.check();
        TokenRequest.checkAbilities(wanted);
        tokens.checkKnown(wanted);
        PasswordCheck.Passed passed = passwords.check(email, password, request.getRemoteAddr(), "email", FAILURE);
        Owner owner = owners.require(passed.who());
        NewToken made = issued(TokenRequest.of(owner, device, wanted.cutTo(tokens.permitted(owner))), passed);
        Instant expiresAt = made.token().expiresAt();
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (asksForJson(request)) {
            WireJson.write(response, MediaType.APPLICATION_JSON_VALUE, TokenJson.of(made));
        } else {
            response.setContentType(MediaType.TEXT_PLAIN_VALUE);
            if (expiresAt != null) {
                response.setHeader(EXPIRES_AT, WireJson.time(expiresAt));
            }
            response.getOutputStream().write(made.plainText().reveal().getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Takes a token back of which a change of the password knew nothing; of who is not let in, a right password tells nothing. */
    private NewToken issued(TokenRequest request, PasswordCheck.Passed passed) {
        NewToken made;
        try {
            made = issuing.issue(request);
        } catch (ProblemException e) {
            throw e.getStatusCode() == HttpStatus.UNAUTHORIZED
                    ? passed.refusal().get()
                    : e;
        }
        try {
            passed.still().run();
        } catch (RuntimeException e) {
            tokens.revoke(made.token().id());
            throw e;
        }
        return made;
    }

    /** Laravel's {@code wantsJson}: the first type that is accepted is JSON. */
    private static boolean asksForJson(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (accept == null) {
            return false;
        }
        String first = accept.split(",", 2)[0];
        return first.contains("/json") || first.contains("+json");
    }
}
