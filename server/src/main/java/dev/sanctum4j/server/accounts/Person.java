package dev.sanctum4j.server.accounts;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sanctum4j.server.web.AdminApi;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Somebody, as administrators see them: in JSON, of the API and of the command line. */
public record Person(
        long id,
        String name,
        String email,
        String role,
        @Nullable String disabled_at,
        @Nullable String created_at,
        @Nullable String updated_at,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean has_password,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String seen_at) {

    /** The person with this account. */
    public static Person of(Account account) {
        return of(account, null, null);
    }

    /** The same; where people sign in by a provider, whether there is a password and when the provider last did so. */
    static Person of(Account account, @Nullable Boolean hasPassword, @Nullable Instant seenAt) {
        return new Person(
                account.id(),
                account.name(),
                account.email(),
                account.role().text(),
                AdminApi.time(account.disabledAt()),
                AdminApi.time(account.createdAt()),
                AdminApi.time(account.updatedAt()),
                hasPassword,
                AdminApi.time(seenAt));
    }
}
