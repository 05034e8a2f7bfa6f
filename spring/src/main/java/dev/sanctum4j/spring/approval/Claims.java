package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.TokenIssuing;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Duration;
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
        Owner owner = request.asker() == null ? answer.owner() : request.asker();
        try {
            if (owners.loadNow(owner).isEmpty()) {
                throw denied("Whose token it would be is not let in any more.");
            }
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
            return once(request, wanted, lifetime).orElseThrow(() -> DeviceError.of(Approvals.Reason.UNKNOWN));
        } catch (InvalidTokenRequestException e) {
            throw denied(String.valueOf(e.getMessage()));
        } catch (ProblemException e) {
            throw e.getStatusCode() == HttpStatus.UNAUTHORIZED
                    ? denied("Whose token it would be is not let in any more.")
                    : e;
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
