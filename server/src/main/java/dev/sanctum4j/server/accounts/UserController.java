package dev.sanctum4j.server.accounts;

import dev.sanctum4j.server.web.AdminApi;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells callers who they are, as clients of Sanctum expect it. */
@RestController
class UserController {

    private final Accounts accounts;
    private final Identities identities;
    private final OidcProperties provider;

    UserController(Accounts accounts, Identities identities, OidcProperties provider) {
        this.accounts = accounts;
        this.identities = identities;
        this.provider = provider;
    }

    @GetMapping("/api/user")
    Map<String, @Nullable Object> user(@AuthenticationPrincipal AccountDetails caller) {
        Account account = accounts.of(caller);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", account.id());
        json.put("name", account.name());
        json.put("email", account.email());
        json.put("email_verified_at", null);
        json.put("role", account.role().text());
        json.put("created_at", AdminApi.time(account.createdAt()));
        json.put("updated_at", AdminApi.time(account.updatedAt()));
        if (provider.isOn()) {
            json.put("has_password", account.hasPassword() && provider.passwords());
            json.put("connected", identities.seenAt(account).isPresent());
        }
        return json;
    }
}
