package dev.sanctum4j;

import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Issues, checks and revokes tokens.
 *
 * <p>A secret is kept only as a hash; its plain text is returned once, by {@link #issue}. Every method that asks the store
 * throws {@link TokenStoreException} if the store could not answer. Thread-safe.
 */
public final class Tokens {

    private static final int PRUNE_BATCH = 1_000;

    /** How many valid tokens may come of one that lists {@value Abilities#DELEGATE_TOKENS}. */
    private static final int MAX_ISSUED = 100;

    private final TokenStore store;
    private final TokenFormat format;
    private final Clock clock;
    private final SecureRandom random;
    private final TokenListener listener;
    private final TokenPolicy policy;
    private final Lifetimes lifetimes;
    private final @Nullable LastUseBuffer lastUses;
    private final @Nullable ApprovalStore approvals;

    /** Whose turn it is to count an owner's tokens and add one; owners share. */
    private final ReentrantLock[] turns =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    private Tokens(Builder builder) {
        store = builder.store;
        format = builder.format;
        clock = builder.clock;
        random = builder.random;
        listener = TokenListener.all(builder.listeners);
        policy = builder.policy;
        lifetimes = new Lifetimes(policy, builder.maxAge);
        approvals = builder.approvals;
        lastUses = builder.lastUsedResolution == null ? null : new LastUseBuffer(builder.lastUsedResolution);
    }

    /** Tokens with default settings over {@code store}. */
    public static Tokens of(TokenStore store) {
        return builder(store).build();
    }

    /** Settings for tokens over {@code store}. */
    public static Builder builder(TokenStore store) {
        return new Builder(store);
    }

    /**
     * Issues a token.
     *
     * @return the token and its text, which nobody can read again
     * @throws InvalidTokenRequestException if the expiry is not in the future, is after the year 9999, or cannot be held by
     *     the store; or if the {@link TokenPolicy} does not allow it
     */
    public NewToken issue(TokenRequest request) {
        checkNeedsNoApproval(request);
        return issueApproved(request);
    }

    /**
     * Issues a token with abilities that somebody has said yes to whom the policy wants asked, see {@link TokenPolicy#onRequest}. That
     * there was a yes is for the caller to know; every other limit holds as for {@link #issue(TokenRequest)}.
     *
     * @return the token and its text, which nobody can read again
     * @throws InvalidTokenRequestException as {@link #issue(TokenRequest)} does
     */
    public NewToken issueApproved(TokenRequest request) {
        return made(issueAlone(request, null));
    }

    /**
     * Issues a token once, however often this is called with the same key within ten minutes, on whatever node: for whoever may
     * lose the answer and ask again. What the {@link TokenPolicy} allows is asked each time.
     *
     * @param key 1 to {@value IdempotencyKey#MAX_LENGTH} visible characters of ASCII that the caller has made up for this one
     *     token; it counts for this owner only, and is kept as a hash
     * @return the token and its text; without it if the token was issued before
     * @throws InvalidTokenRequestException as {@link #issue(TokenRequest)} does, or if the key is none
     * @throws IdempotencyKeyException if the key was used for something else, is being used just now, or what was issued under it
     *     is revoked; if the owner has used too many lately; or if the store keeps none
     */
    public IssuedOnce issueOnce(TokenRequest request, String key) {
        IdempotencyKey once = IdempotencyKey.of(request, null, key);
        checkNeedsNoApproval(request);
        return issueAlone(request, once);
    }

    /**
     * The same on behalf of another token, see {@link #issue(TokenRequest, AccessToken)}; the key counts for that one only.
     *
     * @throws IllegalArgumentException if the issuer may issue nothing or belongs to someone else
     * @throws IssuerRevokedException if the issuer was revoked or has expired meanwhile
     */
    public IssuedOnce issueOnce(TokenRequest request, AccessToken issuer, String key) {
        return issueFor(request, issuer, IdempotencyKey.of(request, issuer, key));
    }

    private IssuedOnce issueAlone(TokenRequest request, @Nullable IdempotencyKey key) {
        Instant now = now();
        return issue(request, now, lifetimes.expiry(request, now), null, key).orElseThrow(Tokens::running);
    }

    /** Somebody has used the key, in a transaction that this one does not see. */
    private static IdempotencyKeyException running() {
        return new IdempotencyKeyException(
                IdempotencyKeyException.Reason.RUNNING, "a token is being issued under this key");
    }

    private static NewToken made(IssuedOnce issued) {
        return new NewToken(issued.token(), Objects.requireNonNull(issued.plainText()));
    }

    private void checkNeedsNoApproval(TokenRequest request) {
        List<String> held = onRequest(request.owner()).names().stream()
                .filter(request.abilities()::can)
                .toList();
        if (!held.isEmpty()) {
            throw new InvalidTokenRequestException(
                    "abilities",
                    "approval-required",
                    "An administrator has to say yes to " + String.join(", ", held) + " first.");
        }
    }

    /**
     * Issues a token on behalf of another that {@linkplain AccessToken#mayIssue may}. The new one belongs to the same
     * owner, is no stronger, lives no longer (a request without expiry gets the issuer's), may not manage tokens itself,
     * loses what its issuer loses, and is revoked together with it.
     *
     * <p>One that lists {@value Abilities#DELEGATE_TOKENS} and not {@value Abilities#MANAGE_TOKENS} issues tokens for actors, say
     * for each run of an agent:
     *
     * <pre>{@code
     * tokens.issue(TokenRequest.of(owner, "run", "orders:read").actor("claude-code, run 8f3c"), parent)
     * }</pre>
     *
     * <p>The actor is required then, the new token lives no longer than {@link TokenPolicy#delegatedLifetime}, however much was
     * asked, and there are at most {@value #MAX_ISSUED} of them at a time.
     *
     * @param issuer the token that authenticated the caller
     * @return the token and its text, which nobody can read again
     * @throws IllegalArgumentException if the issuer may issue nothing or belongs to someone else
     * @throws InvalidTokenRequestException if the request asks for more than the issuer may give
     * @throws IssuerRevokedException if the issuer was revoked or has expired meanwhile
     */
    public NewToken issue(TokenRequest request, AccessToken issuer) {
        return made(issueFor(request, issuer, null));
    }

    private IssuedOnce issueFor(TokenRequest request, AccessToken issuer, @Nullable IdempotencyKey key) {
        if (!issuer.mayIssue()) {
            throw new IllegalArgumentException("token " + issuer.id() + " may not issue tokens");
        }
        if (!issuer.owner().equals(request.owner())) {
            throw new IllegalArgumentException("token " + issuer.id() + " belongs to another owner");
        }
        Instant now = now();
        Instant expiry = null;
        AccessToken read = issuer;
        while (true) {
            checkIssuer(read, request, now);
            expiry = Lifetimes.lesser(
                    expiry,
                    isManager(read)
                            ? lifetimes.expiry(request, now, read)
                            : lifetimes.delegatedExpiry(request, now, read));
            Optional<IssuedOnce> made = issue(request, now, expiry, read, key);
            if (made.isPresent()) {
                return made.get();
            }
            AccessToken stored = find(issuer.id()).orElseThrow(() -> new IssuerRevokedException(issuer.id()));
            if (stored.isRevoked() || stored.equals(read)) {
                throw key == null || stored.isRevoked() ? new IssuerRevokedException(issuer.id()) : running();
            }
            read = stored; // it has been changed since it was read, so it is asked again
        }
    }

    private static boolean isManager(AccessToken issuer) {
        return issuer.abilities().lists(Abilities.MANAGE_TOKENS);
    }

    private void checkIssuer(AccessToken issuer, TokenRequest request, Instant now) {
        Abilities wanted = request.abilities();
        if (wanted.names().stream().anyMatch(Abilities::isReserved)
                || !issuer.mayIssue()
                || !issuer.abilities().covers(wanted)) {
            throw notPermitted("A token can only issue tokens with abilities of its own, and none about tokens.");
        }
        if (!isManager(issuer) && request.actor() == null) {
            throw new InvalidTokenRequestException(
                    "actor", "required", "Say who is to use the token on its owner's behalf.");
        }
        if (lifetimes.isOverUnlessUsed(issuer, now)) {
            throw new IssuerRevokedException(issuer.id());
        }
    }

    /**
     * Gives a token another secret: issues one like it, with the same expiry, and revokes the old one together with those
     * that the old one issued, in one step. The new one is cut to what the {@link TokenPolicy} allows by now.
     *
     * @return the new token and its text; empty if the old one would be refused, or vanished meanwhile
     * @throws TokenStoreException if the store could not be asked; the old token or the new one may be valid then
     */
    public Optional<NewToken> rotate(TokenId id) {
        return rotate(id, null);
    }

    /**
     * Gives a token another secret as {@link #rotate(TokenId)} does, and another end: what has gone on for long goes on with a
     * secret that nobody has seen yet.
     *
     * @param expiresAt within what the {@link TokenPolicy} allows a new token of this owner, and, if another token issued it, no
     *     later than that one's end; cut to the lifetime of such tokens if it may issue no others; {@code null} to leave it where
     *     it is
     * @throws InvalidTokenRequestException if it is not in the future or too late, or if it is later than before and the token has an
     *     ability that somebody has to say yes to; the old token stays as it is then
     */
    public Optional<NewToken> rotate(TokenId id, @Nullable Instant expiresAt) {
        Instant now = now();
        Optional<AccessToken> seen = recheck(id);
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        Instant wanted = expiresAt == null ? null : end(seen.get(), expiresAt, now);
        // Asked before the row is locked: a policy may look somewhere else.
        Owner owner = seen.get().owner();
        Abilities known = seen.get().abilities().only(this::isKnown);
        Abilities permitted = permitted(owner);
        Instant latest = lifetimes.latestExpiry(owner, now);
        String secret = format.newSecret(random);
        Optional<Rotation> rotation = store.rotate(
                id,
                old -> {
                    Abilities left = old.abilities().only(known::can).cutTo(permitted);
                    Instant expiry = wanted != null ? wanted : Lifetimes.lesser(old.expiresAt(), latest);
                    return draft(TokenRequest.copyOf(old, left), secret, now, expiry, old.issuedBy(), null);
                },
                now);
        return rotation.map(done -> {
            notified(done.revoked());
            listener.on(new TokenEvent.Rotated(id, done.token()));
            return shown(done.token(), secret);
        });
    }

    /** More time is asked for as a new token would be: what takes somebody's yes has no more than it was given by that. */
    private @Nullable Instant end(AccessToken token, Instant expiresAt, Instant now) {
        TokenRequest again = TokenRequest.copyOf(token, token.abilities()).expiresAt(expiresAt);
        if (token.expiresAt() != null && expiresAt.isAfter(token.expiresAt())) {
            checkNeedsNoApproval(again);
        }
        Optional<AccessToken> issuer = Optional.ofNullable(token.issuedBy()).flatMap(this::find);
        if (issuer.isEmpty()) {
            return lifetimes.expiry(again, now);
        }
        Instant end = lifetimes.expiry(again, now, issuer.get());
        return isManager(issuer.get())
                ? end
                : Lifetimes.lesser(end, lifetimes.delegatedExpiry(again, now, issuer.get()));
    }

    /** Empty if the issuer has changed since it was read, or somebody uses the key whose use cannot be seen yet. */
    private Optional<IssuedOnce> issue(
            TokenRequest request,
            Instant now,
            @Nullable Instant expiry,
            @Nullable AccessToken issuer,
            @Nullable IdempotencyKey key) {
        checkPermitted(request.abilities(), policy.permitted(request.owner()));
        Optional<IssuedOnce> before = issued(key, now);
        if (before.isPresent()) {
            return before;
        }
        String secret = format.newSecret(random);
        TokenDraft draft = draft(request, secret, now, expiry, issuer == null ? null : issuer.id(), issuer);
        Optional<AccessToken> stored;
        try {
            stored = insert(draft, key, limits(draft, issuer));
        } catch (NoRoomException e) {
            // it may be the very token of this key that has taken the last place
            return Optional.of(issued(key, now).orElseThrow(e::told));
        }
        if (stored.isEmpty()) {
            return issued(key, now);
        }
        NewToken made = shown(stored.get(), secret);
        listener.on(new TokenEvent.Issued(made.token()));
        return Optional.of(new IssuedOnce(made.token(), made.plainText()));
    }

    /** What was issued under a key already. */
    private Optional<IssuedOnce> issued(@Nullable IdempotencyKey key, Instant now) {
        if (key == null) {
            return Optional.empty();
        }
        return store.findUse(key, now).map(use -> {
            if (!use.request().matches(key.request())) {
                throw new IdempotencyKeyException(
                        IdempotencyKeyException.Reason.REUSED, "something else was asked for under this key");
            }
            AccessToken token = find(use.token()) // numbers may have begun anew
                    .filter(found -> !found.isRevoked() && found.owner().equals(key.owner()))
                    .orElseThrow(() -> new IdempotencyKeyException(
                            IdempotencyKeyException.Reason.ENDED, "what was issued under this key has ended"));
            return new IssuedOnce(token, null);
        });
    }

    private void checkPermitted(Abilities wanted, Abilities permitted) {
        checkKnown(wanted);
        if (!permitted.covers(wanted)) {
            throw notPermitted("You may not give a token all of these abilities.");
        }
    }

    private static InvalidTokenRequestException notPermitted(String message) {
        return new InvalidTokenRequestException("abilities", "ability-not-permitted", message);
    }

    /**
     * Checks that there are such abilities, for whoever wants to know before asking for more.
     *
     * @throws InvalidTokenRequestException if the {@link TokenPolicy} does not know one of them
     */
    public void checkKnown(Abilities wanted) {
        String unknown = wanted.names().stream()
                .filter(name -> !isKnown(name))
                .map(name -> "There is no ability '" + name + "'.")
                .collect(Collectors.joining(" "));
        if (!unknown.isEmpty()) {
            throw new InvalidTokenRequestException("abilities", "unknown-ability", unknown);
        }
    }

    private boolean isKnown(String ability) {
        return Abilities.EVERYTHING.lists(ability) || !Abilities.isReserved(ability) && policy.knows(ability);
    }

    /**
     * How many there may be of some tokens.
     *
     * @param most how many
     * @param count counts them, up to a number
     * @param sentence what somebody is told who wants one more
     */
    private record Limit(int most, IntUnaryOperator count, String sentence) {

        void checkRoom(int wanted) {
            if (count.applyAsInt(most + 1) > most - wanted) {
                throw new InvalidTokenRequestException("name", "too-many-tokens", sentence);
            }
        }
    }

    private List<Limit> limits(TokenDraft draft, @Nullable AccessToken issuer) {
        List<Limit> limits = new ArrayList<>();
        Owner owner = draft.owner();
        int most = policy.maxTokens(owner);
        Validity valid = lifetimes.valid(owner, draft.createdAt());
        if (most != Integer.MAX_VALUE) {
            limits.add(new Limit(
                    most,
                    upTo -> store.count(owner, valid, upTo),
                    "There are " + most + " tokens already, which is the limit. Revoke one first."));
        }
        if (issuer != null && !isManager(issuer)) {
            limits.add(new Limit(
                    MAX_ISSUED,
                    upTo -> store.countIssued(issuer, valid, upTo),
                    "The token has issued " + MAX_ISSUED + " that are valid, which is the limit. End one first."));
        }
        return limits;
    }

    /** One after the other, as far as this node can tell. Who finds that others took the last place as well gives it back. */
    private Optional<AccessToken> insert(TokenDraft draft, @Nullable IdempotencyKey key, List<Limit> limits) {
        if (limits.isEmpty()) {
            return insert(draft, key);
        }
        ReentrantLock turn = turns[Math.floorMod(draft.owner().hashCode(), turns.length)];
        boolean alone = isMine(turn);
        try {
            checkRoom(limits);
            Optional<AccessToken> stored = insert(draft, key);
            try {
                stored.ifPresent(made -> limits.forEach(limit -> limit.checkRoom(0)));
            } catch (InvalidTokenRequestException e) {
                store.revoke(stored.orElseThrow().id(), draft.createdAt());
                throw e;
            }
            return stored;
        } finally {
            if (alone) {
                turn.unlock();
            }
        }
    }

    /** Before anything is stored. */
    private static void checkRoom(List<Limit> limits) {
        try {
            limits.forEach(limit -> limit.checkRoom(1));
        } catch (InvalidTokenRequestException e) {
            throw new NoRoomException(e);
        }
    }

    /** There is no room for one more, and nothing was stored. */
    private static final class NoRoomException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient InvalidTokenRequestException told;

        NoRoomException(InvalidTokenRequestException told) {
            super(null, told, false, false);
            this.told = told;
        }

        InvalidTokenRequestException told() {
            return told;
        }
    }

    private Optional<AccessToken> insert(TokenDraft draft, @Nullable IdempotencyKey key) {
        return key == null ? store.insert(draft) : store.insert(draft, key);
    }

    /** Waits a little and not for ever: whoever has the turn may wait for a row that this thread has locked. */
    private static boolean isMine(ReentrantLock turn) {
        try {
            return turn.tryLock(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static TokenDraft draft(
            TokenRequest request,
            String secret,
            Instant now,
            @Nullable Instant expiry,
            @Nullable TokenId issuedBy,
            @Nullable AccessToken issuer) {
        return new TokenDraft(
                request.owner(),
                request.name(),
                request.abilities(),
                SecretHash.of(secret),
                now,
                expiry,
                issuedBy,
                request.actor(),
                request.metadata(),
                issuer,
                TokenFormat.hint(secret));
    }

    private NewToken shown(AccessToken token, String secret) {
        return new NewToken(token, format.plainText(token.id(), secret));
    }

    /**
     * Checks a presented text: at most one read of the store, and no write. The time is read to the millisecond: a token
     * is valid through the whole millisecond of its expiry (B24).
     *
     * @param presented what the caller sent, without the scheme; any text, {@code id|secret} included
     * @return {@link Accepted} with the token, or {@link Rejected} with the reason
     */
    public Verdict authenticate(String presented) {
        return authenticate(presented, null, token -> true);
    }

    /**
     * Checks a presented text and then asks whether its owner is let in, before the use is noted.
     *
     * @param presented what the caller sent, without the scheme; any text, {@code id|secret} included
     * @param from the address of the caller, noted as that of the last use; {@code null} if it is not known
     * @param admits asked once, with a genuine and valid token; {@code false} means {@link Reason#OWNER}. What it throws
     *     is passed on
     * @return {@link Accepted} with the token, or {@link Rejected} with the reason
     */
    public Verdict authenticate(String presented, @Nullable String from, Predicate<AccessToken> admits) {
        TokenFormat.Presented claim = format.read(presented);
        if (claim == null) {
            return reject(Reason.MALFORMED, null);
        }
        StoredToken stored = lookUp(claim);
        if (stored == null) {
            return reject(Reason.UNKNOWN, null);
        }
        AccessToken token = stored.token();
        Instant now = thisMillisecond();
        if (token.isRevoked()) {
            return reject(Reason.REVOKED, token.id());
        }
        if (lifetimes.isOver(token, now)) {
            return reject(Reason.EXPIRED, token.id());
        }
        if (!admits.test(token)) {
            return reject(Reason.OWNER, token.id());
        }
        if (lastUses != null) {
            lastUses.record(stored, claim.hash(), now, from);
        }
        listener.on(new TokenEvent.Accepted(token));
        return new Accepted(token);
    }

    /**
     * Reads a token again that was accepted some time ago, for what goes on longer than a request.
     *
     * @return the token as it now is; empty if it would be refused now
     */
    public Optional<AccessToken> recheck(TokenId id) {
        Instant now = thisMillisecond();
        return find(id).filter(token -> !token.isRevoked() && !lifetimes.isOver(token, now));
    }

    /**
     * The token whose text this is, whatever has become of it. No use is noted, and nothing is said about whether it is
     * valid: {@link #authenticate} does that.
     *
     * @return the token, revoked and expired ones too; empty if nobody has a token with this text
     */
    public Optional<AccessToken> find(String presented) {
        TokenFormat.Presented claim = format.read(presented);
        return Optional.ofNullable(claim == null ? null : lookUp(claim)).map(StoredToken::token);
    }

    /**
     * Which of an owner's tokens has this text, for a person who has found it somewhere. No use is noted and no listener notified.
     * A text of nobody's, of another owner's or of a token that is over costs the same: one question to the store, past what is
     * kept in memory.
     *
     * @param presented what was found, {@code id|secret} included; any text
     * @return the token; empty if none of the owner's that are valid has this text
     */
    public Optional<AccessToken> identify(Owner owner, String presented) {
        TokenFormat.Presented claim = format.read(presented);
        Instant now = thisMillisecond();
        return store.findOwn(owner, claim == null ? SecretHash.of(presented) : claim.hash())
                .filter(stored -> claim != null && isMeant(stored, claim))
                .map(StoredToken::token)
                .filter(token -> !token.isRevoked() && !lifetimes.isOver(token, now));
    }

    /**
     * The last characters of the texts of tokens that were issued here, by which their owner tells them apart. They are for a
     * person who manages tokens, and for nobody who only has one: so no token, event or log has them.
     *
     * @param ids of which tokens
     * @return four characters each; nothing for what is unknown, was made elsewhere, or stands in a store that keeps none
     */
    public Map<TokenId, String> hints(Collection<TokenId> ids) {
        return ids.isEmpty() ? Map.of() : store.hints(ids);
    }

    /** The token with this secret, and this number if one was presented; {@code null} if there is none. */
    private @Nullable StoredToken lookUp(TokenFormat.Presented claim) {
        StoredToken stored = store.findByHash(claim.hash()).orElse(null);
        return stored != null && isMeant(stored, claim) ? stored : null;
    }

    private static boolean isMeant(StoredToken stored, TokenFormat.Presented claim) {
        return stored.hash() != null
                && stored.hash().matches(claim.hash())
                && (claim.id() == 0 || claim.id() == stored.token().id().value());
    }

    private Verdict reject(Reason reason, @Nullable TokenId id) {
        listener.on(new TokenEvent.Rejected(reason, id));
        return new Rejected(reason);
    }

    /**
     * All of the owner's tokens that are not revoked, the newest first; expired ones are listed until they are pruned. An owner
     * may have very many: {@link #list(Owner, TokenId, int)} gives some of them.
     */
    public List<AccessToken> list(Owner owner) {
        return store.list(owner);
    }

    /**
     * Some of the owner's tokens that are not revoked, the newest first.
     *
     * @param before only tokens with a lower number than this, which need not be that of a token of the owner's; {@code null}
     *     for the newest
     * @param limit how many at most, at least 1
     */
    public List<AccessToken> list(Owner owner, @Nullable TokenId before, int limit) {
        return store.list(owner, before, limit);
    }

    /** The token with this number, revoked and expired ones too. Whose it is, the caller checks. */
    public Optional<AccessToken> find(TokenId id) {
        return store.findById(id).map(StoredToken::token);
    }

    /**
     * Gives a token another name.
     *
     * @return the token as it now is; empty if it is unknown or revoked
     * @throws InvalidTokenRequestException if the name cannot be one
     */
    public Optional<AccessToken> rename(TokenId id, String name) {
        return update(id, name, null);
    }

    /**
     * Takes abilities away from a token, and from those it issued. What it listed before it may keep, whatever the {@link TokenPolicy} says by now;
     * what {@code *} is narrowed to has to be permitted.
     *
     * @param abilities what it keeps
     * @return the token as it now is; empty if it is unknown or revoked
     * @throws InvalidTokenRequestException if that would give it an ability that it does not have, that cannot be one, or
     *     that is not permitted
     */
    public Optional<AccessToken> narrow(TokenId id, Abilities abilities) {
        return update(id, null, abilities);
    }

    /**
     * Renames and narrows in one step; {@code null} leaves a part as it is. What is taken away is taken from those that the
     * token issued, too.
     *
     * @return the token as it now is; empty if it is unknown or revoked
     * @throws InvalidTokenRequestException if the name or an ability cannot be one, or an ability would be added or is not
     *     permitted; nothing is changed then
     */
    public Optional<AccessToken> update(TokenId id, @Nullable String name, @Nullable Abilities abilities) {
        if (name != null) {
            TokenRequest.checkName(name);
        }
        // Asked before the row is locked: a policy may look somewhere else.
        Abilities permitted = abilities == null
                ? Abilities.NONE
                : find(id).map(token -> policy.permitted(token.owner())).orElse(Abilities.NONE);
        Optional<Change> changed = store.update(
                id,
                token -> {
                    if (abilities != null) {
                        checkNarrower(abilities, token.abilities(), permitted);
                    }
                    return token.with(
                            name == null ? token.name() : name, abilities == null ? token.abilities() : abilities);
                },
                now());
        changed.ifPresent(done -> {
            listener.on(new TokenEvent.Changed(done.token()));
            done.narrowed().forEach(token -> listener.on(new TokenEvent.Changed(token)));
        });
        return changed.map(Change::token);
    }

    private void checkNarrower(Abilities wanted, Abilities had, Abilities permitted) {
        if (!had.covers(wanted)) {
            throw notPermitted("The abilities of a token can only be narrowed. Create a new token instead.");
        }
        // What `*` is narrowed to is new text; what was listed may stay, even where Laravel was less strict.
        Abilities added = wanted.only(name -> !had.lists(name));
        TokenRequest.checkAbilities(added);
        checkPermitted(added, permitted);
    }

    /**
     * Revokes a token and those it issued. Other nodes notice within their refresh interval.
     *
     * @return whether this call revoked it; {@code false} if it was unknown or already revoked
     * @throws TokenStoreException if the store could not be asked; the token may or may not be revoked
     */
    public boolean revoke(TokenId id) {
        return notified(store.revoke(id, now())).contains(id);
    }

    /**
     * Revokes all tokens of an owner; where {@linkplain Builder#approvals programs ask}, also takes back what the owner has allowed and
     * nobody has fetched yet. Returns how many this call revoked.
     */
    public int revokeAll(Owner owner) {
        return revokeAll(owner, null);
    }

    /** Revokes all tokens of an owner but one, which the caller goes on using. Returns how many this call revoked. */
    public int revokeOthers(Owner owner, TokenId keep) {
        return revokeAll(owner, keep);
    }

    /** Revokes the tokens that a token has issued, and not itself. Returns how many this call revoked. */
    public int revokeIssued(TokenId issuer) {
        return notified(store.revokeIssued(issuer, now())).size();
    }

    /** What is claimed meanwhile is a token by the time that tokens are revoked, or can be claimed no more. */
    private int revokeAll(Owner owner, @Nullable TokenId keep) {
        if (approvals != null) {
            approvals.takeBack(owner, now());
        }
        return notified(store.revokeAll(owner, keep, now())).size();
    }

    private List<TokenId> notified(List<TokenId> revoked) {
        revoked.forEach(id -> listener.on(new TokenEvent.Revoked(id)));
        return revoked;
    }

    /**
     * Deletes tokens that expired, were revoked or exceeded the maximum age more than {@code ago} ago (B61), in batches of
     * a thousand, so that no long transaction arises. Of several nodes one at a time does so; another that finds it at it stops.
     *
     * @return how many
     * @throws IllegalArgumentException if {@code ago} is negative
     */
    public int prune(Duration ago) {
        return prune(ago, soFar -> {});
    }

    /**
     * Like {@link #prune(Duration)}, and reports after each batch how many are deleted so far.
     *
     * @return how many
     * @throws IllegalArgumentException if {@code ago} is negative
     */
    public int prune(Duration ago, IntConsumer progress) {
        if (ago.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + ago);
        }
        Instant expiredBefore = now().minus(ago);
        Duration maxAge = lifetimes.maxAge();
        Instant createdBefore = maxAge == null ? null : expiredBefore.minus(maxAge);
        int total = 0;
        int batch;
        do {
            batch = store.prune(expiredBefore, createdBefore, PRUNE_BATCH);
            total += batch;
            if (batch > 0) {
                progress.accept(total);
            }
        } while (batch == PRUNE_BATCH);
        if (total > 0) {
            listener.on(new TokenEvent.Pruned(total));
        }
        return total;
    }

    /** Writes the noted last uses to the store, in one batch. If the store fails they are kept for the next time. */
    public void flush() {
        if (lastUses != null) {
            lastUses.flush(store);
        }
    }

    /**
     * {@linkplain #flush() Writes} them only if a token is among them that was not used before, whose owner may be waiting to see
     * it. Otherwise it asks nothing of the store, so it can be called often; if the store fails, {@link #flush} is next to try.
     */
    public void flushFirstUses() {
        if (lastUses != null) {
            lastUses.flushFirst(store);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** All that a check needs, and cheaper than {@link Clock#instant()}. */
    private Instant thisMillisecond() {
        return Instant.ofEpochMilli(clock.millis());
    }

    /** The most that a token of {@code owner} may have, as far as there are such abilities. */
    public Abilities permitted(Owner owner) {
        return policy.permitted(owner).only(this::isKnown);
    }

    /** Of {@link #permitted}, what a token gets only after an administrator has said yes. */
    public Abilities onRequest(Owner owner) {
        Abilities held = policy.onRequest(owner);
        return held.names().isEmpty() ? held : held.only(permitted(owner)::can); // which may ask for the owner
    }

    /** How new tokens look. */
    public TokenFormat format() {
        return format;
    }

    /** The limits that hold here, for forms that show them. */
    public TokenPolicy policy() {
        return policy;
    }

    /**
     * How long a token of {@code owner} will live for which no expiry is asked, by the policy and the maximum age.
     *
     * @return the lifetime; {@code null} if it does not expire
     */
    public @Nullable Duration defaultLifetime(Owner owner) {
        return lifetimes.byDefault(owner);
    }

    /**
     * The longest lifetime that can be asked for, by the policy and the maximum age.
     *
     * @return the lifetime; {@code null} if there is no limit
     */
    public @Nullable Duration maxLifetime(Owner owner) {
        return lifetimes.longest(owner);
    }

    /**
     * The last moment at which a token can be valid, by its own expiry and the maximum age.
     *
     * @return the moment; {@code null} if it does not come to an end by itself
     */
    public @Nullable Instant endOf(AccessToken token) {
        return lifetimes.endOf(token);
    }

    /** Settings of {@link Tokens}. Not thread-safe. */
    public static final class Builder {

        private final TokenStore store;
        private TokenFormat format = TokenFormat.standard();
        private Clock clock = Clock.systemUTC();
        private SecureRandom random = new SecureRandom();
        private List<TokenListener> listeners = List.of();
        private TokenPolicy policy = TokenPolicy.NONE;
        private @Nullable ApprovalStore approvals;
        private @Nullable Duration maxAge;
        private @Nullable Duration lastUsedResolution = Duration.ofMinutes(1);

        private Builder(TokenStore store) {
            this.store = store;
        }

        /**
         * The form of newly issued tokens, and after which prefixes a checksum counts; {@link TokenFormat#standard} unless
         * set. All forms are always read.
         */
        public Builder format(TokenFormat format) {
            this.format = format;
            return this;
        }

        /** The clock all times come from; the system's unless set. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Where random bytes come from; the system's default unless set. */
        public Builder random(SecureRandom random) {
            this.random = random;
            return this;
        }

        /** Who is notified of what happens, in this order; nobody unless set. What one throws is logged and goes no further. */
        public Builder listeners(List<TokenListener> listeners) {
            this.listeners = listeners;
            return this;
        }

        /** Where what owners allow programs waits to be fetched, so that revoking everything ends that, too; nowhere unless set. */
        public Builder approvals(ApprovalStore approvals) {
            this.approvals = approvals;
            return this;
        }

        /** The limits on what is issued and left unused; {@link TokenPolicy#NONE} unless set. */
        public Builder policy(TokenPolicy policy) {
            this.policy = policy;
            return this;
        }

        /**
         * Refuses tokens of this age and older, whatever their own expiry, and those without a creation time (Sanctum's
         * global {@code expiration}, B23). Unless set, age does not matter.
         *
         * @throws IllegalArgumentException if {@code maxAge} is not positive
         */
        public Builder maxAge(Duration maxAge) {
            this.maxAge = Lifetimes.positive("maximum age", maxAge);
            return this;
        }

        /**
         * How exact the time of the last use is kept; one minute unless set.
         *
         * @throws IllegalArgumentException if {@code resolution} is not positive
         */
        public Builder lastUsedResolution(Duration resolution) {
            this.lastUsedResolution = Lifetimes.positive("resolution of last use", resolution);
            return this;
        }

        /** Does not note when tokens are used. */
        public Builder withoutLastUsed() {
            this.lastUsedResolution = null;
            return this;
        }

        /** The tokens. */
        public Tokens build() {
            return new Tokens(this);
        }
    }
}
