package dev.sanctum4j.server.accounts;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Accounts as owners of tokens, by number, so that a new address keeps the tokens. */
@Component
class AccountOwners implements OwnerLoader {

    private final Accounts accounts;
    private final Identities identities;
    private final OidcProperties provider;

    AccountOwners(Accounts accounts, Identities identities, OidcProperties provider) {
        this.accounts = accounts;
        this.identities = identities;
        this.provider = provider;
    }

    @Override
    public String type() {
        return Account.TYPE;
    }

    @Override
    public Optional<LoadedOwner> load(String id) {
        return TokenId.parse(id)
                .flatMap(number -> accounts.find(number.value()))
                .map(account -> {
                    Instant seen = seenAt(account);
                    AccountDetails details = new AccountDetails(account, hasRoleOfProvider(account) ? seen : null);
                    details.eraseCredentials();
                    return new LoadedOwner(
                            details,
                            account.email(),
                            details.getAuthorities(),
                            details.isEnabled(),
                            accounts.areLaravels()
                                    ? null
                                    : account.createdAt(), // Laravel imports people and gives no number twice
                            isByPassword(account) ? LoadedOwner.versionOf(account.password()) : null,
                            seen);
                });
    }

    private boolean isByPassword(Account account) {
        return account.hasPassword() && provider.passwords();
    }

    /** See {@link ProviderSignIn#signIn}. */
    private boolean hasRoleOfProvider(Account account) {
        return !account.hasPassword() && !provider.adminGroups().isEmpty();
    }

    /** By a provider, for whoever has no other way in: never, once that one is gone as well, so that nothing wakes. */
    private @Nullable Instant seenAt(Account account) {
        return isByPassword(account) ? null : identities.seenAt(account).orElse(Instant.EPOCH);
    }

    @Override
    public Optional<String> idOf(Object principal) {
        return principal instanceof AccountDetails account
                ? Optional.of(Long.toString(account.id()))
                : Optional.empty();
    }
}
