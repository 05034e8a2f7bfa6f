package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes the token of a request that was allowed, once. Policy and owner are asked again: minutes have passed since somebody said yes.
 *
 * <p>Thread-safe.
 */
final class Claims {

    private final Approvals approvals;
    private final Tokens tokens;
    private final Owners owners;
    private final TokenIssuing issuing;
    private final TransactionOperations transactions;

    Claims(
            Approvals approvals,
            Tokens tokens,
            Owners owners,
            TokenIssuing issuing,
            TransactionOperations transactions) {
        this.approvals = approvals;
        this.tokens = tokens;
        this.owners = owners;
        this.issuing = issuing;
        this.transactions = transactions;
    }

    /**
     * What came of it.
     *
     * @param request as it now is
     * @param made the token and its text
     * @param lifetime how long it lives
     */
    record Claimed(ApprovalRequest request, NewToken made, Duration lifetime) {}

    /**
     * Makes the token.
     *
     * @throws DeviceError with {@code access_denied} if the owner may not have it any more, with {@code invalid_grant} if another poll was faster
     */
    Claimed claim(ApprovalRequest request) {
        ApprovalRequest.Answer answer = Objects.requireNonNull(request.answer());
        Owner owner = owner(request, answer);
        try {
            requireSame(request, answer);
            Abilities abilities = answer.abilities().cutTo(tokens.permitted(owner));
            if (request.asker() == null) {
                Abilities held = tokens.onRequest(owner);
                abilities = Abilities.of(abilities.names().stream()
                        .filter(name -> !held.lists(name))
                        .toList());
            }
            if (abilities.names().isEmpty()) {
                throw denied("Whose token it would be may not give any of it any more.");
            }
            Duration lifetime = within(owner, answer.lifetime());
            TokenRequest wanted =
                    TokenRequest.of(owner, name(request), abilities).lifetime(lifetime);
            Claimed claimed =
                    once(request, wanted, lifetime).orElseThrow(() -> DeviceError.of(Approvals.Reason.UNKNOWN));
            requireStill(request, answer, claimed.made().token());
            return claimed;
        } catch (InvalidTokenRequestException e) {
            throw denied(String.valueOf(e.getMessage()));
        } catch (ProblemException e) {
            throw e.getStatusCode() == HttpStatus.UNAUTHORIZED
                    ? denied("Whose token it would be is not let in any more.")
                    : e;
        }
    }

    /** Whose token it would be: whoever said yes to a program, or the person who asked. */
    private static Owner owner(ApprovalRequest request, ApprovalRequest.Answer answer) {
        return request.asker() == null ? answer.owner() : request.asker();
    }

    /** The owner is let in, is the one who said yes or asked, and no later one of the same id, and has the password of then. */
    private void requireSame(ApprovalRequest request, ApprovalRequest.Answer answer) {
        Instant then = request.asker() == null ? answer.at() : request.createdAt();
        LoadedOwner owner = owners.loadNow(owner(request, answer))
                .filter(known -> !known.isYoungerThan(then))
                .orElseThrow(() -> denied("Whose token it would be is not let in any more."));
        String version = answer.credentialVersion();
        if (version != null && !version.equals(LoadedOwner.versionOf(owner.credentialVersion()))) {
            throw denied("Whoever said yes has changed the password since.");
        }
    }

    /**
     * Asks again now that everybody can see the token: whoever disabled the owner or changed the password before the transaction ended, and
     * revoked everything, did not see it.
     */
    private void requireStill(ApprovalRequest request, ApprovalRequest.Answer answer, AccessToken token) {
        try {
            requireSame(request, answer);
        } catch (RuntimeException e) { // also if it could not be found out: nobody would get the token
            tokens.revoke(token.id());
            throw e;
        }
    }

    /** The request and the token in one transaction; where there are none, the request first, so that no second token arises. */
    private Optional<Claimed> once(ApprovalRequest request, TokenRequest wanted, Duration lifetime) {
        return Objects.requireNonNull(transactions.execute(status -> approvals
                .claim(request)
                .map(claimed -> new Claimed(
                        claimed,
                        claimed.asker() == null ? issuing.issue(wanted) : issuing.issueApproved(wanted),
                        lifetime))));
    }

    /** How long the token of a request can live at most. */
    Duration most(Owner owner, ApprovalRequest request) {
        return within(owner, request.lifetime());
    }

    private Duration within(Owner owner, Duration lifetime) {
        Duration most = tokens.maxLifetime(owner);
        return most == null || lifetime.compareTo(most) <= 0 ? lifetime : most;
    }

    private static String name(ApprovalRequest request) {
        return request.asker() != null
                ? request.clientName()
                : request.clientName() + ", asked for " + LocalDate.ofInstant(request.createdAt(), ZoneOffset.UTC);
    }

    private static DeviceError denied(String description) {
        return new DeviceError("access_denied", description);
    }
}
