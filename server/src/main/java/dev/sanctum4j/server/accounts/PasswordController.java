package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets people change their password. Their tokens stay unless they ask. */
@RestController
class PasswordController {

    private static final int MAX_PASSWORD = 1_000;

    private final Accounts accounts;
    private final SignIn signIn;
    private final Tokens tokens;
    private final ApplicationEventPublisher events;
    private final OidcProperties provider;

    PasswordController(
            Accounts accounts,
            SignIn signIn,
            Tokens tokens,
            ApplicationEventPublisher events,
            OidcProperties provider) {
        this.provider = provider;
        this.accounts = accounts;
        this.signIn = signIn;
        this.tokens = tokens;
        this.events = events;
    }

    /** The names of the fields are those of Laravel's Fortify. */
    @PutMapping("/user/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void change(@AuthenticationPrincipal AccountDetails caller, HttpServletRequest request) throws IOException {
        RequestFields fields = RequestFields.readRecord(request);
        String current = fields.text("current_password", MAX_PASSWORD);
        String wanted = fields.text("password", MAX_PASSWORD);
        String again = fields.text("password_confirmation", MAX_PASSWORD);
        boolean revoke = Boolean.TRUE.equals(fields.choice("revoke_tokens"));
        fields.check();
        if (!provider.passwords()) {
            throw new ProblemException(Problem.notFound());
        }
        if (accounts.areLaravels()) {
            throw new ProblemException(Problem.invalid(
                    "password", "managed-elsewhere", "The password is changed in the application it belongs to."));
        }
        signIn.confirm(request, "current_password", current);
        String password = Accounts.chosen(wanted);
        if (!password.equals(again)) {
            throw new ProblemException(
                    Problem.invalid("password", "confirmation", "The password confirmation does not match."));
        }
        if (!accounts.changePassword(caller.id(), current, password)) { // an administrator has set another meanwhile
            throw new ProblemException(
                    Problem.invalid("current_password", "password-incorrect", "The provided password is incorrect."));
        }
        signIn.passwordChanged(request);
        events.publishEvent(new AuditEvent("password_changed", caller.owner(), null));
        if (revoke) {
            tokens.revokeAll(caller.owner());
        }
    }
}
