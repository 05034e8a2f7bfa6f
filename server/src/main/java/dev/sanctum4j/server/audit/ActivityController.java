package dev.sanctum4j.server.audit;

import dev.sanctum4j.TokenId;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
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

    /** @param token only what has happened with this one, if given */
    @GetMapping("/api/activity")
    List<Activity> activity(
            @RequestParam(required = false) @Nullable String token,
            Authentication caller,
            @AuthenticationPrincipal AccountDetails account) {
        if (caller instanceof TokenAuthentication) {
            throw new AccessDeniedException("sessions only");
        }
        TokenId one = token == null ? null : TokenId.parse(token).orElseThrow(ActivityController::none);
        return log.latest(account.owner(), one, LATEST).stream()
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

    private static ProblemException none() {
        return new ProblemException(Problem.invalid("token", "invalid", "The token must be its number."));
    }
}
