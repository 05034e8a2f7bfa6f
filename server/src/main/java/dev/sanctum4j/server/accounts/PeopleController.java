package dev.sanctum4j.server.accounts;

import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.spa.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
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

    private static final int MAX_TEXT = 1_000;

    private final Accounts accounts;
    private final Tokens tokens;
    private final ApplicationEventPublisher events;
    private final Identities identities;
    private final OidcProperties provider;
    private final Owners owners;
    private final Sessions sessions;

    PeopleController(
            Accounts accounts,
            Tokens tokens,
            ApplicationEventPublisher events,
            Identities identities,
            OidcProperties provider,
            Owners owners,
            Sessions sessions) {
        this.identities = identities;
        this.provider = provider;
        this.owners = owners;
        this.sessions = sessions;
        this.accounts = accounts;
        this.tokens = tokens;
        this.events = events;
    }

    @GetMapping
    AdminApi.Page<Person> list(
            @RequestParam(defaultValue = "") String search,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Paging paging = Paging.of(after, limit);
        long last = Objects.requireNonNullElse(paging.number(), 0L);
        List<Person> read = accounts.page(RequestFields.parameter("search", search), last, paging.read()).stream()
                .map(this::person)
                .toList();
        return AdminApi.Page.of(paging, read, Person::id, request, response);
    }

    @GetMapping("/{id}")
    Person show(@PathVariable long id) {
        return person(accounts.get(id));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Person add(Authentication caller, HttpServletRequest request) throws IOException {
        RequestFields fields = RequestFields.readRecord(request);
        checkOurs("email");
        String name = fields.name("name");
        String email = fields.name("email");
        String wanted = fields.text("password", MAX_TEXT);
        fields.check();
        if (!email.matches("[^\\s@]+@[^\\s@]+")) {
            throw invalid("email", "email", "The email field must be an e-mail address.");
        }
        String password = Accounts.chosen(fields.has("password") ? wanted : null);
        Account.Role role = role(fields, Account.Role.USER);
        checkMayMake(caller, role);
        Account made = accounts.create(name, email, password, role)
                .orElseThrow(() -> invalid("email", "taken", "The email has already been taken."));
        tell("person_added", made, made.role().name());
        return person(made);
    }

    @PatchMapping("/{id}")
    Person change(
            Authentication caller,
            @AuthenticationPrincipal AccountDetails self,
            @PathVariable long id,
            HttpServletRequest request)
            throws IOException {
        RequestFields fields = RequestFields.readRecord(request);
        Boolean disabled = fields.choice("disabled");
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        Account.Role role = role(fields, account.role());
        checkMayMake(caller, role);
        boolean disable = Boolean.TRUE.equals(disabled);
        if (self.id() == id && (disable || role != account.role())) { // so that there is always an administrator left
            throw invalid(
                    disable ? "disabled" : "role",
                    "self",
                    "You cannot do this to yourself. Ask another administrator.");
        }
        if (role != account.role() && accounts.asAdministrator(self.id(), id, () -> accounts.changeRole(id, role))) {
            tell("role_changed", account, role.name());
        }
        if (disable && accounts.asAdministrator(self.id(), id, () -> accounts.disable(id))) {
            tell("person_disabled", account, null);
        } else if (Boolean.FALSE.equals(disabled) && accounts.enable(id)) {
            tell("person_enabled", account, null);
        }
        return person(accounts.get(id));
    }

    /** Sets a password. All sessions of the person end with it. */
    @PutMapping("/{id}/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void setPassword(Authentication caller, @PathVariable long id, HttpServletRequest request) throws IOException {
        RequestFields fields = RequestFields.readRecord(request);
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        checkOurs("password");
        String password = fields.text("password", MAX_TEXT);
        boolean revoke = Boolean.TRUE.equals(fields.choice("revoke_tokens"));
        fields.check();
        accounts.changePassword(id, Accounts.chosen(fields.has("password") ? password : null));
        tell("password_set", account, null);
        sessions.endAll(account.owner()); // one that a provider began was made under no password
        if (revoke) {
            tokens.revokeAll(account.owner());
        }
    }

    private Person person(Account account) {
        return provider.isOn()
                ? Person.of(
                        account,
                        account.hasPassword(),
                        identities.seenAt(account).orElse(null))
                : Person.of(account);
    }

    /** What lets somebody in to an account by the provider, once. */
    record Invitation(String code, @Nullable String expires_at) {}

    /** Invites whoever gets the code to sign in to this account by the provider from then on. */
    @PostMapping("/{id}/invitation")
    @ResponseStatus(HttpStatus.CREATED)
    Invitation invite(Authentication caller, @PathVariable long id) {
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        if (!provider.isOn()) {
            throw new ProblemException(Problem.notFound());
        }
        Identities.Invited made = identities.invite(account, provider.issuer());
        tell("person_invited", account, null);
        return new Invitation(made.code(), AdminApi.time(made.expiresAt()));
    }

    /**
     * Lets nobody in to this account by the provider any more, takes back an invitation, and ends all sessions: nobody knows which of
     * them the provider began. Without a password, tokens wait for the next one.
     */
    @DeleteMapping("/{id}/identity")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void disconnect(Authentication caller, @PathVariable long id) {
        Account account = accounts.get(id);
        checkMayMake(caller, account.role());
        if (identities.disconnect(id)) {
            owners.invalidate(account.owner());
            tell("identity_disconnected", account, null);
        }
        sessions.endAll(account.owner()); // also when this is repeated because they could not be ended
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

    private static Account.Role role(RequestFields fields, Account.Role otherwise) {
        String role = fields.text("role", MAX_TEXT);
        fields.check();
        if (!fields.has("role")) {
            return otherwise;
        }
        return switch (role) {
            case "admin" -> Account.Role.ADMIN;
            case "user" -> Account.Role.USER;
            default -> throw invalid("role", "invalid", "The role must be admin or user.");
        };
    }
}
