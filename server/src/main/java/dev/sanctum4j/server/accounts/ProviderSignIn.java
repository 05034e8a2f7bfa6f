package dev.sanctum4j.server.accounts;

import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.server.accounts.Identities.Identity;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.Owners;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What becomes of accounts when a provider signs somebody in.
 *
 * <p>Thread-safe. Each method throws {@link org.springframework.dao.DataAccessException} if the database could not answer.
 */
@Component
public class ProviderSignIn {

    /** Stands behind the @ where no address is known. */
    private static final String NOWHERE = "@people.invalid";

    private final Accounts accounts;
    private final Identities identities;
    private final OidcProperties settings;
    private final Owners owners;
    private final TransactionOperations together;
    private final ApplicationEventPublisher events;

    ProviderSignIn(
            Accounts accounts,
            Identities identities,
            OidcProperties settings,
            Owners owners,
            TransactionOperations together,
            ApplicationEventPublisher events) {
        this.accounts = accounts;
        this.identities = identities;
        this.settings = settings;
        this.owners = owners;
        this.together = together;
        this.events = events;
    }

    /** The account that somebody signs in to. */
    public Optional<Account> find(Identity identity) {
        return current(() -> identities.account(identity));
    }

    /** The account with this number. */
    public Optional<Account> find(long id) {
        return accounts.find(id);
    }

    /** The account that an invitation is for, if it is good still and this provider's. */
    public Optional<Account> invited(@Nullable String hash) {
        return current(() -> identities.invited(hash, settings.issuer()));
    }

    private Optional<Account> current(Supplier<Optional<Long>> number) {
        Optional<Account> found = number.get().flatMap(accounts::find);
        if (!accounts.areLaravels() || found.isEmpty()) {
            return found;
        }
        identities.forgetFormer(found.get());
        return found.filter(account -> number.get().isPresent());
    }

    /**
     * Connects somebody with an account, from now on.
     *
     * @param invitation the hash of the code that allows it; absent if the account itself does
     * @return the account; empty if the person signs in to another one, or somebody else has taken the invitation
     */
    public Optional<Account> connect(Identity identity, Account account, @Nullable String invitation) {
        Optional<Account> known = find(identity);
        if (known.isPresent()) {
            return known.filter(own -> own.id() == account.id());
        }
        boolean connected = attempt(identity, () -> {
            boolean allowed = invitation == null || identities.take(invitation, account);
            if (allowed) {
                identities.connect(identity, account);
            }
            return allowed;
        });
        if (!connected) {
            return find(identity).filter(own -> own.id() == account.id());
        }
        events.publishEvent(new AuditEvent(
                "identity_connected", account.owner(), invitation == null ? "by itself" : "by invitation"));
        return accounts.find(account.id());
    }

    /**
     * Notes that a provider has signed somebody in, and what that says of the role.
     *
     * @param admin whether a group makes the person an administrator
     * @return the account as it is now
     */
    public Account signIn(Identity identity, Account account, boolean admin) {
        identities.seen(identity);
        owners.invalidate(account.owner());
        Account.Role role = admin ? Account.Role.ADMIN : Account.Role.USER;
        if (!account.hasPassword()
                && !settings.adminGroups().isEmpty()
                && account.role() != role
                && accounts.changeRole(account.id(), role)) {
            events.publishEvent(new AuditEvent("role_changed", account.owner(), role.name() + " by the provider"));
        }
        return accounts.find(account.id()).orElse(account);
    }

    /**
     * Makes an account for somebody who has none.
     *
     * @param address the person's e-mail address, which is only shown; absent if none is known
     * @return the account; empty if another one has the address, or accounts are made elsewhere
     */
    public Optional<Account> create(Identity identity, String name, @Nullable String address, boolean admin) {
        if (accounts.areLaravels()) {
            return Optional.empty();
        }
        String nobodys = SecretHash.of(identity.issuer() + "\n" + identity.subject())
                .toHex()
                .substring(0, 16);
        String shown = address == null ? nobodys + NOWHERE : orElse(address, nobodys + NOWHERE);
        boolean made;
        try {
            made = attempt(identity, () -> {
                identities.connect(identity, accounts.createWithoutPassword(orElse(name, nobodys), shown));
                return true;
            });
        } catch (DataAccessException e) {
            if (accounts.findByEmail(shown).isPresent()) { // not every driver tells a duplicate from another failure
                return Optional.empty();
            }
            throw e;
        }
        Optional<Account> account = find(identity);
        if (made) {
            account.ifPresent(
                    own -> events.publishEvent(new AuditEvent("person_added", own.owner(), "by the provider")));
        }
        return account.map(own -> signIn(identity, own, admin));
    }

    /** What can be shown, or what to show in its place. */
    private static String orElse(String text, String otherwise) {
        try {
            TokenRequest.checkName("name", text);
            return text;
        } catch (InvalidTokenRequestException e) {
            return otherwise;
        }
    }

    /** Does something with somebody who is connected with no account; {@code false} if that is not so any more. */
    private boolean attempt(Identity identity, Supplier<Boolean> connecting) {
        try {
            return Boolean.TRUE.equals(together.execute(status -> connecting.get()));
        } catch (DataAccessException e) {
            if (identities.account(identity).isEmpty()) {
                throw e;
            }
            return false; // another browser of the same person was faster
        }
    }
}
