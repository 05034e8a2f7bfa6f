package dev.sanctum4j.server.audit;

import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.spring.TokenAuthentication;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What has happened lately in the caller's own account. Takes a session: a stolen token is not to watch its owner. */
@RestController
class ActivityController {

    private static final int LATEST = 100;

    private final AuditLog log;

    ActivityController(AuditLog log) {
        this.log = log;
    }

    /** One thing that happened. */
    record Activity(
            Instant at,
            String event,
            @Nullable Long token_id,
            @Nullable String actor,
            @Nullable String address,
            @Nullable String detail,
            int times) {}

    @GetMapping("/api/activity")
    List<Activity> activity(Authentication caller, @AuthenticationPrincipal AccountDetails account) {
        if (caller instanceof TokenAuthentication) {
            throw new AccessDeniedException("sessions only");
        }
        return log.latest(account.owner(), LATEST).stream()
                .map(entry -> new Activity(
                        entry.at(),
                        entry.event(),
                        entry.token() == null ? null : entry.token().value(),
                        entry.actor(),
                        entry.address(),
                        entry.detail(),
                        entry.times()))
                .toList();
    }
}
