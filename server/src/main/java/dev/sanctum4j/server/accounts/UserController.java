package dev.sanctum4j.server.accounts;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells callers who they are, as clients of Sanctum expect it. */
@RestController
class UserController {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    @GetMapping("/api/user")
    Map<String, @Nullable Object> user(@AuthenticationPrincipal AccountDetails caller) {
        Account account = caller.account();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", account.id());
        json.put("name", account.name());
        json.put("email", account.email());
        json.put("email_verified_at", null);
        json.put("role", account.role().text());
        json.put("created_at", time(account.createdAt()));
        json.put("updated_at", time(account.updatedAt()));
        return json;
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }
}
