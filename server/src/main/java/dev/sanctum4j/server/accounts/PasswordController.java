package dev.sanctum4j.server.accounts;

import static java.util.Objects.requireNonNullElse;

import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets people change their password. Their tokens stay unless they ask. */
@RestController
class PasswordController {

    private final Accounts accounts;
    private final SignIn signIn;
    private final Tokens tokens;
    private final ApplicationEventPublisher events;

    PasswordController(Accounts accounts, SignIn signIn, Tokens tokens, ApplicationEventPublisher events) {
        this.accounts = accounts;
        this.signIn = signIn;
        this.tokens = tokens;
        this.events = events;
    }

    /** What is sent; the names are those of Laravel's Fortify. */
    record Change(
            @Nullable String current_password,
            @Nullable String password,
            @Nullable String password_confirmation,
            @Nullable Boolean revoke_tokens) {

        @Override
        public String toString() {
            return "Change[***]";
        }
    }

    @PutMapping("/user/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void change(
            @AuthenticationPrincipal AccountDetails caller, @RequestBody Change wanted, HttpServletRequest request) {
        if (accounts.areLaravels()) {
            throw new ProblemException(Problem.invalid(
                    "password", "managed-elsewhere", "The password is changed in the application it belongs to."));
        }
        signIn.confirm(request, "current_password", requireNonNullElse(wanted.current_password(), ""));
        String password = Accounts.chosen(requireNonNullElse(wanted.password(), ""));
        if (!password.equals(wanted.password_confirmation())) {
            throw new ProblemException(
                    Problem.invalid("password", "confirmation", "The password confirmation does not match."));
        }
        accounts.changePassword(caller.id(), password);
        signIn.passwordChanged(request);
        events.publishEvent(new AuditEvent("password_changed", caller.owner(), null));
        if (Boolean.TRUE.equals(wanted.revoke_tokens())) {
            tokens.revokeAll(caller.owner());
        }
    }
}
