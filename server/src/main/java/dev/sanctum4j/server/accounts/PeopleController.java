package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * People, for administrators. A token never makes or changes an administrator: whoever has it could make one, sign in as
 * that one, and have more than the token.
 */
@RestController
@RequestMapping("/api/admin/people")
@RequiresAbility(AdminApi.PEOPLE)
class PeopleController {

    private static final int MAX_TEXT = 255;

    private final Accounts accounts;
    private final Tokens tokens;
    private final ApplicationEventPublisher events;

    PeopleController(Accounts accounts, Tokens tokens, ApplicationEventPublisher events) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.events = events;
    }

    /** Somebody to be added. */
    record NewPerson(
            @Nullable String name,
            @Nullable String email,
            @Nullable String password,
            @Nullable String role) {

        @Override
        public String toString() {
            return "NewPerson[***]";
        }
    }

    /** What is to be otherwise; what is absent stays. */
    record PersonChange(@Nullable String role, @Nullable Boolean disabled) {}

    /** Another password; tokens stay unless that is asked for. */
    record NewPassword(@Nullable String password, @Nullable Boolean revoke_tokens) {

        @Override
        public String toString() {
            return "NewPassword[***]";
        }
    }

    @GetMapping
    AdminApi.Page<Person> list(
            @RequestParam(defaultValue = "") String search,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "50") int limit) {
        int most = AdminApi.limit(limit);
        List<Person> rows =
                accounts.page(search, after, most + 1).stream().map(Person::of).toList();
        return AdminApi.Page.of(rows, most, Person::id);
    }

    @GetMapping("/{id}")
    Person show(@PathVariable long id) {
        return Person.of(accounts.get(id));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Person add(Authentication caller, @RequestBody NewPerson wanted) {
        checkOurs("email");
        String name = required("name", wanted.name());
        String email = required("email", wanted.email());
        if (!email.matches("[^\\s@]+@[^\\s@]+")) {
            throw invalid("email", "email", "The email field must be an e-mail address.");
        }
        String password = Accounts.chosen(wanted.password());
        Account.Role role = wanted.role() == null ? Account.Role.USER : role(wanted.role());
        checkMayMake(caller, role);
        Account made = accounts.create(name, email, password, role)
                .orElseThrow(() -> invalid("email", "taken", "The email has already been taken."));
        tell("person_added", made, made.role().name());
        return Person.of(made);
    }

    @PatchMapping("/{id}")
    Person change(Authentication caller, @PathVariable long id, @RequestBody PersonChange wanted) {
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        Account.Role role = wanted.role() == null ? account.role() : role(wanted.role());
        checkMayMake(caller, role);
        boolean disable = Boolean.TRUE.equals(wanted.disabled());
        boolean own = caller.getPrincipal() instanceof AccountDetails self && self.id() == id;
        if (own && (disable || role != account.role())) { // so that there is always an administrator left
            throw invalid(
                    disable ? "disabled" : "role",
                    "self",
                    "You cannot do this to yourself. Ask another administrator.");
        }
        if (role != account.role() && accounts.changeRole(id, role)) {
            tell("role_changed", account, role.name());
        }
        if (disable && accounts.disable(id)) {
            tell("person_disabled", account, null);
        } else if (Boolean.FALSE.equals(wanted.disabled()) && accounts.enable(id)) {
            tell("person_enabled", account, null);
        }
        return Person.of(accounts.get(id));
    }

    /** Sets a password. All sessions of the person end with it. */
    @PutMapping("/{id}/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void setPassword(Authentication caller, @PathVariable long id, @RequestBody NewPassword wanted) {
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        checkOurs("password");
        accounts.changePassword(id, Accounts.chosen(wanted.password()));
        tell("password_set", account, null);
        if (Boolean.TRUE.equals(wanted.revoke_tokens())) {
            tokens.revokeAll(account.owner());
        }
    }

    private void tell(String event, Account account, @Nullable String detail) {
        events.publishEvent(new AuditEvent(event, account.owner(), detail));
    }

    private void checkOurs(String field) {
        if (accounts.areLaravels()) {
            throw invalid(
                    field, "managed-elsewhere", "People are those of a Laravel application, which alone does this.");
        }
    }

    private static ProblemException invalid(String field, String code, String sentence) {
        return new ProblemException(Problem.invalid(field, code, sentence));
    }

    private static void checkMayMake(Authentication caller, Account.Role role) {
        if (role == Account.Role.ADMIN && caller instanceof TokenAuthentication) {
            throw new AccessDeniedException("administrators are made and changed by people, not by tokens");
        }
    }

    private static String required(String field, @Nullable String text) {
        String trimmed = text == null ? "" : text.trim();
        if (trimmed.isEmpty()) {
            throw invalid(field, "required", "The " + field + " field is required.");
        }
        if (trimmed.codePointCount(0, trimmed.length()) > MAX_TEXT) {
            throw invalid(
                    field, "too-long", "The " + field + " field must not be greater than " + MAX_TEXT + " characters.");
        }
        return trimmed;
    }

    private static Account.Role role(String role) {
        return switch (role) {
            case "admin" -> Account.Role.ADMIN;
            case "user" -> Account.Role.USER;
            default -> throw invalid("role", "invalid", "The role must be admin or user.");
        };
    }
}
