package dev.sanctum4j.server.audit;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.SanctumEvent;
import dev.sanctum4j.spring.TokenAuthentication;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Turns what happens into entries of the audit log, on the thread that did it, where caller and address are known. Uses of
 * tokens and guesses are not written: there are too many.
 */
@Component
class AuditTrail {

    private static final int MAX_DETAIL = 1_000;

    private final AuditWriter writer;
    private final Clock clock;

    AuditTrail(AuditWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    @EventListener
    void on(SanctumEvent.TokenIssued event) {
        write("token_issued", event.token());
    }

    @EventListener
    void on(SanctumEvent.TokenChanged event) {
        write("token_changed", event.token());
    }

    @EventListener
    void on(SanctumEvent.TokenRotated event) {
        write("token_rotated", event.token().owner(), event.token().id(), "instead of " + event.old());
    }

    @EventListener
    void on(SanctumEvent.TokenRevoked event) {
        write("token_revoked", caller(), event.token(), null);
    }

    @EventListener
    void on(SanctumEvent.TokenRejected event) {
        if (event.token() != null) {
            write("token_rejected", null, event.token(), event.reason().name());
        }
    }

    @EventListener
    void on(SanctumEvent.AbilityDenied event) {
        write("ability_denied", event.owner(), event.token(), String.join(" ", event.missing()));
    }

    @EventListener
    void on(SanctumEvent.TokensPruned event) {
        write("tokens_pruned", null, null, Integer.toString(event.count()));
    }

    @EventListener
    void on(SanctumEvent.SignedIn event) {
        write("signed_in", event.owner(), null, null);
    }

    @EventListener
    void on(SanctumEvent.SignedOut event) {
        write("signed_out", event.owner(), null, null);
    }

    /** What was typed as a name is not written: now and then it is a password. */
    @EventListener
    void on(SanctumEvent.SignInFailed event) {
        write("sign_in_failed", null, null, null);
    }

    @EventListener
    void on(SanctumEvent.LockedOut event) {
        write("locked_out", null, null, null);
    }

    @EventListener
    void on(AuditEvent event) {
        Owner caller = caller();
        String detail = event.detail();
        if (event.owner() != null && caller != null && !caller.equals(event.owner())) {
            detail = (detail == null ? "" : detail + ", ") + "by " + caller;
        }
        write(event.event(), event.owner() == null ? caller : event.owner(), null, detail);
    }

    private void write(String event, AccessToken token) {
        write(
                event,
                token.owner(),
                token.id(),
                token.name() + ": " + String.join(" ", token.abilities().names()));
    }

    private void write(String event, @Nullable Owner owner, @Nullable TokenId token, @Nullable String detail) {
        String cut = detail == null || detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
        writer.add(new Entry(clock.instant(), event, owner, token, address(), cut));
    }

    private static @Nullable Owner caller() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller instanceof TokenAuthentication token) {
            return token.token().owner();
        }
        return caller != null && caller.getPrincipal() instanceof AccountDetails account ? account.owner() : null;
    }

    /** The peer's address, or what a trusted proxy says it is: see {@code server.forward-headers-strategy}. */
    private static @Nullable String address() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
                ? request.getRequest().getRemoteAddr()
                : null;
    }
}
