package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.accounts.Identities;
import dev.sanctum4j.server.accounts.ProviderSignIn;
import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The two ways by which somebody whom the provider knows comes to an account that is there: its own session, or an invitation. */
@RestController
@Conditional(OnProvider.class)
class ProviderController implements ChainPart {

    private static final String INVITATION = "/login/invitation";
    private static final int MAX_CODE = 100;

    private final ProviderSignIn signIns;
    private final Accounts accounts;
    private final SignIn signIn;
    private final Clock clock;

    ProviderController(ProviderSignIn signIns, Accounts accounts, SignIn signIn, Clock clock) {
        this.signIns = signIns;
        this.accounts = accounts;
        this.signIn = signIn;
        this.clock = clock;
    }

    @Override
    public List<RequestMatcher> open() {
        return List.of(PathPatternRequestMatcher.pathPattern(INVITATION));
    }

    /** Whose account it would be, which the page asks about, and where to go for it. */
    @PostMapping(INVITATION)
    Invitation redeem(HttpServletRequest request) throws IOException {
        requireOwnPage(request);
        RequestFields fields = RequestFields.readRecord(request);
        String code = fields.text("code", MAX_CODE);
        fields.check();
        String hash = Identities.hash(code);
        Account account = signIns.invited(hash)
                .orElseThrow(() -> new ProblemException(
                        Problem.invalid("code", "invalid", "The invitation is over, or has been used.")));
        String door = Purpose.redeem(request, hash, clock);
        return new Invitation(account.name(), account.email(), door);
    }

    record Invitation(String name, String email, String location) {}

    /** No other page may bring somebody to an account that is not theirs. */
    private static void requireOwnPage(HttpServletRequest request) {
        String own =
                ServletUriComponentsBuilder.fromContextPath(request).build().toUriString();
        if (!own.equals(request.getHeader(HttpHeaders.ORIGIN))) {
            throw new ProblemException(Problem.forbidden("An invitation is taken on the page of this server."));
        }
    }

    /** Connects the account that is signed in, and has shown just now that it is, with whoever comes back from the provider. */
    @PostMapping("/user/identity")
    Map<String, String> connect(Authentication caller, HttpServletRequest request) {
        if (caller instanceof TokenAuthentication || !(caller.getPrincipal() instanceof AccountDetails own)) {
            throw new AccessDeniedException("a token connects nobody");
        }
        signIn.requireConfirmed(request);
        return Map.of("location", Purpose.connect(request, accounts.of(own), clock));
    }
}
