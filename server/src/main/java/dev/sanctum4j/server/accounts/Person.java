package dev.sanctum4j.server.accounts;

import dev.sanctum4j.server.web.AdminApi;
import org.jspecify.annotations.Nullable;

/** Somebody, as administrators see them: in JSON, of the API and of the command line. */
public record Person(
        long id,
        String name,
        String email,
        String role,
        @Nullable String disabled_at,
        @Nullable String created_at,
        @Nullable String updated_at) {

    /** The person with this account. */
    public static Person of(Account account) {
        return new Person(
                account.id(),
                account.name(),
                account.email(),
                account.role().text(),
                AdminApi.time(account.disabledAt()),
                AdminApi.time(account.createdAt()),
                AdminApi.time(account.updatedAt()));
    }
}
