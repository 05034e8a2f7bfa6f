package dev.sanctum4j.server.accounts;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.OwnerLoader;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Accounts as owners of tokens, by number, so that a new address keeps the tokens. */
@Component
class AccountOwners implements OwnerLoader {

    private final Accounts accounts;

    AccountOwners(Accounts accounts) {
        this.accounts = accounts;
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
                    AccountDetails details = new AccountDetails(account);
                    details.eraseCredentials();
                    return new LoadedOwner(
                            details,
                            account.email(),
                            details.getAuthorities(),
                            details.isEnabled(),
                            accounts.areLaravels()
                                    ? null
                                    : account.createdAt(), // Laravel imports people and gives no number twice
                            LoadedOwner.versionOf(account.password()));
                });
    }

    @Override
    public Optional<String> idOf(Object principal) {
        return principal instanceof AccountDetails account
                ? Optional.of(Long.toString(account.id()))
                : Optional.empty();
    }
}
