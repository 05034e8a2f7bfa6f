package dev.sanctum4j.server.cli;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.server.accounts.Account;
import dev.sanctum4j.server.accounts.Accounts;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import java.util.Optional;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application while a command uses it.
 *
 * @param context the application
 */
record Server(ConfigurableApplicationContext context) implements AutoCloseable {

    Tokens tokens() {
        return context.getBean(Tokens.class);
    }

    Accounts accounts() {
        return context.getBean(Accounts.class);
    }

    <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    /** The account with this e-mail address or number. */
    Account account(String who) {
        Optional<Account> account = who.contains("@")
                ? accounts().findByEmail(who)
                : TokenId.parse(who).flatMap(id -> accounts().find(id.value()));
        return account.orElseThrow(() -> new RefusedException("There is no account '" + who + "'."));
    }

    /** An owner: an e-mail address, the number of an account, or a type and an id with a colon between them. */
    Owner owner(String who) {
        int colon = who.lastIndexOf(':');
        return who.contains("@") || colon < 1 || colon == who.length() - 1
                ? account(who).owner()
                : Owner.of(who.substring(0, colon), who.substring(colon + 1));
    }

    /** The owner as the application knows it; empty if it is gone or disabled, or its type has no loader. */
    Optional<LoadedOwner> load(Owner owner) {
        return get(Owners.class).loadNow(owner);
    }

    /** Writes to the audit log what a person with a shell did to an account. */
    void note(String event, Account account) {
        context.publishEvent(new AuditEvent(event, account.owner(), "by command"));
    }

    @Override
    public void close() {
        context.close();
    }
}
