package dev.sanctum4j.server.audit;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenEvent;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.TokenAuthentication;
import java.time.Clock;
import java.util.Set;
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

    /** What strangers can have as often as they like: it is counted, see {@link RefusalCounts}. */
    private static final Set<String> REFUSALS = Set.of(
            "sign_in_failed",
            "locked_out",
            "token_rejected",
            "ability_denied",
            "client_refused",
            "approval_asked",
            "provider_refused");

    private static final String REVOKED = "token_revoked";

    private final AuditWriter writer;
    private final Clock clock;

    AuditTrail(AuditWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    @EventListener
    void on(TokenEvent event) {
        if (event instanceof TokenEvent.Issued issued) {
            write("token_issued", issued.token());
        } else if (event instanceof TokenEvent.Changed changed) {
            write("token_changed", changed.token());
        } else if (event instanceof TokenEvent.Rotated rotated) {
            write("token_rotated", rotated.token(), "instead of " + rotated.old());
        } else if (event instanceof TokenEvent.Revoked revoked) {
            write(REVOKED, caller(), revoked.id(), null);
        } else if (event instanceof TokenEvent.Rejected rejected && rejected.id() != null) {
            write("token_rejected", null, rejected.id(), rejected.reason().name());
        } else if (event instanceof TokenEvent.Pruned pruned) {
            write("tokens_pruned", null, null, Integer.toString(pruned.count()));
        }
    }

    /** What was typed as a name is not written: now and then it is a password. */
    @EventListener
    void on(AccessEvent event) {
        if (event instanceof AccessEvent.SignedIn signedIn) {
            write("signed_in", signedIn.owner(), null, null);
        } else if (event instanceof AccessEvent.SignedOut signedOut) {
            write("signed_out", signedOut.owner(), null, null);
        } else if (event instanceof AccessEvent.SignInFailed) {
            write("sign_in_failed", null, null, null);
        } else if (event instanceof AccessEvent.LockedOut) {
            write("locked_out", null, null, null);
        } else if (event instanceof AccessEvent.OwnerAsleep asleep) {
            write("owner_asleep", asleep.owner(), null, "last seen " + asleep.seenAt());
        } else if (event instanceof AccessEvent.AbilityDenied denied) {
            write("ability_denied", denied.token(), String.join(" ", denied.missing()));
        } else if (event instanceof AccessEvent.ApprovalAsked asked) {
            write(
                    "approval_asked",
                    asked.request().asker(),
                    null,
                    described(asked.request(), asked.request().asked()));
        } else if (event instanceof AccessEvent.ApprovalAllowed allowed) {
            answered("approval_allowed", allowed.request());
        } else if (event instanceof AccessEvent.ApprovalDenied denied) {
            answered("approval_denied", denied.request());
        } else if (event instanceof AccessEvent.ApprovalClaimed claimed) {
            write(
                    "approval_claimed",
                    claimed.token(),
                    described(claimed.request(), claimed.token().abilities()));
        }
    }

    private void answered(String event, ApprovalRequest request) {
        ApprovalRequest.Answer answer = request.answer();
        if (answer != null) {
            write(event, answer.owner(), null, described(request, answer.abilities()));
        }
    }

    /**
     * First what is certain: where the asker asked from (the address of the entry is that of whoever answered, or fetched) and which person that was.
     * Then what the asker says, the name at the end and in quotes, so that it is taken for nothing else, however long all is.
     */
    private static String described(ApprovalRequest request, Abilities abilities) {
        String by = request.asker() == null ? "" : " by " + request.asker();
        String names = abilities.names().isEmpty() ? "" : ": " + String.join(" ", abilities.names());
        String name = request.clientName().replace('"', '\'');
        return "asked from " + request.address() + by + ", " + request.clientId() + names + ", \"" + name + '"';
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
                token,
                token.name() + ": " + String.join(" ", token.abilities().names()));
    }

    private void write(String event, AccessToken token, String detail) {
        String actor = token.actor() == null ? callingActor() : token.actor();
        write(event, token.owner(), token.id(), actor, detail);
    }

    private void write(String event, @Nullable Owner owner, @Nullable TokenId token, @Nullable String detail) {
        write(event, owner, token, callingActor(), detail);
    }

    private void write(
            String event,
            @Nullable Owner owner,
            @Nullable TokenId token,
            @Nullable String actor,
            @Nullable String detail) {
        Entry entry = new Entry(clock.instant(), event, owner, token, actor, address(), detail, 1);
        if (REFUSALS.contains(event)) {
            writer.refused(entry);
        } else if (event.equals(REVOKED)) {
            writer.addOneOfMany(entry);
        } else {
            writer.add(entry);
        }
    }

    private static @Nullable String callingActor() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication caller
                ? caller.token().actor()
                : null;
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
