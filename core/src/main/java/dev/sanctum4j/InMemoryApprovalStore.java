package dev.sanctum4j;

import dev.sanctum4j.ApprovalRequest.State;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests in memory: the reference for what a store does, for tests and for programs on one node. As large as what was asked since
 * {@link #prune} ran last.
 *
 * <p>Thread-safe: one thing happens at a time.
 */
public final class InMemoryApprovalStore implements ApprovalStore {

    private final Map<Long, Kept> all = new LinkedHashMap<>();
    private long lastId;

    private record Kept(
            ApprovalRequest request,
            SecretHash deviceCode,
            SecretHash userCode,
            @Nullable Instant polledAt) {

        Kept with(ApprovalRequest changed, @Nullable Instant polled) {
            return new Kept(changed, deviceCode, userCode, polled);
        }
    }

    @Override
    public synchronized Optional<ApprovalRequest> insert(ApprovalDraft draft) {
        if (find(kept -> kept.deviceCode().matches(draft.deviceCode())).isPresent()
                || find(kept -> kept.userCode().matches(draft.userCode())).isPresent()) {
            return Optional.empty();
        }
        ApprovalRequest request = draft.withId(++lastId);
        all.put(request.id(), new Kept(request, draft.deviceCode(), draft.userCode(), null));
        return Optional.of(request);
    }

    @Override
    public synchronized Optional<ApprovalRequest> findByDeviceCode(SecretHash code) {
        return find(kept -> kept.deviceCode().matches(code));
    }

    @Override
    public synchronized Optional<ApprovalRequest> findByUserCode(SecretHash code) {
        return find(kept -> kept.userCode().matches(code));
    }

    private Optional<ApprovalRequest> find(Predicate<Kept> which) {
        return all.values().stream().filter(which).map(Kept::request).findFirst();
    }

    @Override
    public synchronized boolean poll(long id, Instant now) {
        Kept kept = all.get(id);
        if (kept == null) {
            return false;
        }
        ApprovalRequest request = kept.request();
        boolean late = kept.polledAt() == null || !now.isBefore(kept.polledAt().plus(request.interval()));
        if (late || request.interval().compareTo(SLOWEST) < 0) {
            all.put(
                    id,
                    kept.with(late ? request : request.with(request.interval().plus(SLOWER)), now));
        }
        return late;
    }

    @Override
    public synchronized boolean allow(long id, ApprovalRequest.Answer answer, Instant expiresAt) {
        if (!change(id, State.ALLOWED, answer, answer.at(), old -> old.state() == State.ASKED)) {
            return false;
        }
        all.computeIfPresent(id, (key, kept) -> kept.with(kept.request().until(expiresAt), kept.polledAt()));
        return true;
    }

    @Override
    public boolean deny(long id, ApprovalRequest.Answer answer) {
        return change(
                id,
                State.DENIED,
                answer,
                answer.at(),
                old -> old.state() == State.ASKED
                        || old.state() == State.ALLOWED
                                && (old.asker() != null
                                        || old.answer() != null
                                                && old.answer().owner().equals(answer.owner())));
    }

    @Override
    public synchronized int takeBack(Owner owner, Instant now) {
        int count = 0;
        for (ApprovalRequest one : all.values().stream().map(Kept::request).toList()) {
            ApprovalRequest.Answer yes = one.answer();
            if (yes != null && owner.equals(one.asker() == null ? yes.owner() : one.asker())) {
                ApprovalRequest.Answer no =
                        new ApprovalRequest.Answer(yes.owner(), Abilities.NONE, Duration.ZERO, now, null);
                count += change(one.id(), State.DENIED, no, now, old -> old.state() == State.ALLOWED) ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public boolean claim(long id, Instant now) {
        return change(id, State.CLAIMED, null, now, old -> old.state() == State.ALLOWED);
    }

    private synchronized boolean change(
            long id,
            State state,
            ApprovalRequest.@Nullable Answer answer,
            Instant now,
            Predicate<ApprovalRequest> which) {
        Kept kept = all.get(id);
        if (kept == null || kept.request().isExpired(now) || !which.test(kept.request())) {
            return false;
        }
        ApprovalRequest old = kept.request();
        all.put(id, kept.with(old.with(state, answer == null ? old.answer() : answer), kept.polledAt()));
        return true;
    }

    @Override
    public synchronized Optional<ApprovalRequest> findOfPerson(long id) {
        return Optional.ofNullable(all.get(id)).map(Kept::request).filter(request -> request.asker() != null);
    }

    @Override
    public synchronized List<ApprovalRequest> ofPerson(Owner asker, Instant now) {
        return ofPeople(request -> asker.equals(request.asker()) && request.state() != State.CLAIMED, now)
                .toList();
    }

    @Override
    public synchronized List<ApprovalRequest> openOfPeople(long after, Instant now, int limit) {
        return ofPeople(request -> request.id() > after && request.state() == State.ASKED, now)
                .limit(limit)
                .toList();
    }

    private Stream<ApprovalRequest> ofPeople(Predicate<ApprovalRequest> which, Instant now) {
        return all.values().stream()
                .map(Kept::request)
                .filter(request -> request.asker() != null && !request.isExpired(now))
                .filter(which);
    }

    @Override
    public synchronized int countOpen(@Nullable String network, Instant now) {
        return countOpen(
                one -> network == null ? one.asker() == null : one.network().equals(network), now);
    }

    @Override
    public synchronized int countOpenAround(String beginning, Instant now) {
        return countOpen(one -> one.network().startsWith(beginning), now);
    }

    private int countOpen(Predicate<ApprovalRequest> which, Instant now) {
        return count(one ->
                which.test(one) && (one.state() == State.ASKED || one.state() == State.ALLOWED) && !one.isExpired(now));
    }

    @Override
    public synchronized int countAsked(String network, Instant after) {
        return count(one -> one.network().equals(network) && one.createdAt().isAfter(after));
    }

    private int count(Predicate<ApprovalRequest> which) {
        return (int) all.values().stream().map(Kept::request).filter(which).count();
    }

    @Override
    public synchronized int prune(Instant overBefore) {
        int before = all.size();
        all.values().removeIf(kept -> kept.request().expiresAt().isBefore(overBefore));
        return before - all.size();
    }
}
