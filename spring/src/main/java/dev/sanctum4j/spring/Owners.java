package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenPolicy;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.cache.FreshCache;
import dev.sanctum4j.spring.http.Diagnosis.Finding;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.store.LaravelTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.util.ObjectUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * All owner types of the application; a bean. An unknown type has no owners; its name is never loaded as a class. Where owners are kept in
 * memory, an application that changes one calls {@link #invalidate}.
 *
 * <p>Thread-safe.
 */
public final class Owners {

    private static final Logger LOG = LoggerFactory.getLogger(Owners.class);

    private final Supplier<Map<String, OwnerLoader>> loaders;
    private final @Nullable FreshCache<Owner, LoadedOwner> cache;
    private final LaravelTable table;
    private final Supplier<PersonMapper> mapper;
    private final Sleep sleep;
    private final Function<Owner, Optional<LoadedOwner>> read = this::read;

    /** Classes of principals whom no loader knows, and that was told. */
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();

    /**
     * @param loaders asked for when the first owner is, so that a loader's own beans may know this one
     * @param memory how owners are kept in memory; empty if they are loaded every time
     * @param table where tokens may be older than their owners, if a Laravel fills it
     * @param mapper asked who a person is before the loaders are; asked for when the first person is
     * @param sleep who has been away for too long
     */
    Owners(
            Supplier<List<OwnerLoader>> loaders,
            Optional<CacheSettings> memory,
            LaravelTable table,
            Supplier<PersonMapper> mapper,
            Sleep sleep) {
        this.table = table;
        this.mapper = mapper;
        this.sleep = sleep;
        this.loaders = SingletonSupplier.of(() -> byType(loaders.get()));
        this.cache = memory.map(settings -> new FreshCache<Owner, LoadedOwner>(settings, (owner, loaded) -> owner))
                .orElse(null);
    }

    private static Map<String, OwnerLoader> byType(List<OwnerLoader> loaders) {
        Map<String, OwnerLoader> all = new HashMap<>();
        for (OwnerLoader loader : loaders) {
            if (all.put(loader.type(), loader) != null) {
                throw new IllegalStateException("two OwnerLoader beans answer for the type '" + loader.type() + "'");
            }
        }
        return all;
    }

    /** Finds the loaders, so that an application which has two for a type does not start. */
    void prepare() {
        var unused = loaders.get();
    }

    /**
     * Forgets what is in memory of an owner, who has been changed, disabled or deleted; in a transaction, from its end on as well. The change
     * counts on this node from then on, and within {@link CacheState#maxStale} on others.
     */
    public void invalidate(Owner owner) {
        if (cache != null) {
            cache.invalidate(List.of(owner));
        }
    }

    /** How owners in memory are doing; empty if they are loaded every time. */
    public Optional<CacheState> state() {
        return Optional.ofNullable(cache).map(FreshCache::state);
    }

    /**
     * The owner of a token if the token may act for it.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> load(AccessToken token) {
        return load(token.owner()).filter(owner -> isItsOwner(owner, token));
    }

    /**
     * The same, asking the application whatever is in memory.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    Optional<LoadedOwner> loadNow(AccessToken token) {
        return loadNow(token.owner()).filter(owner -> isItsOwner(owner, token));
    }

    private boolean isItsOwner(LoadedOwner owner, AccessToken token) {
        return !owner.isYoungerThan(token) || table.isFilled();
    }

    /**
     * An owner that exists, is let in and not asleep: a provider that signs the owner in has done so within
     * {@code sanctum.owners.seen-within}.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    public Optional<LoadedOwner> load(Owner owner) {
        return (cache == null ? read(owner) : cache.get(owner, read)).filter(known -> sleep.isAwake(owner, known));
    }

    /**
     * The same, asking the application whatever is in memory.
     *
     * @throws TokenStoreException if the owner could not be asked for
     */
    public Optional<LoadedOwner> loadNow(Owner owner) {
        invalidate(owner);
        return read(owner).filter(known -> sleep.isAwake(owner, known));
    }

    /**
     * When what is an owner's falls asleep, if no provider signs the owner in before, or did.
     *
     * @return that time, in the past for one who is asleep; empty if never, or if there is no such owner who is let in
     * @throws TokenStoreException if the owner could not be asked for
     */
    public Optional<Instant> asleepFrom(Owner owner) {
        return read(owner).map(sleep::begins);
    }

    /** Whether an owner whom {@link #load} has just not found is asleep. */
    boolean isAsleep(Owner owner) {
        return sleep.wasRefused(owner);
    }

    private Optional<LoadedOwner> read(Owner owner) {
        return find(owner).filter(LoadedOwner::enabled);
    }

    /** An owner that exists, let in or not. */
    private Optional<LoadedOwner> find(Owner owner) {
        OwnerLoader loader = loaders.get().get(owner.type());
        return loader == null ? Optional.empty() : ask(() -> "the owner " + owner, () -> loader.load(owner.id()));
    }

    /** What the application answers; empty if it throws what means no such owner, or none that is let in. */
    static <T> Optional<T> ask(Supplier<String> whom, Supplier<Optional<T>> asked) {
        try {
            return Objects.requireNonNull(asked.get());
        } catch (Throwable e) { // errors, and in other languages than Java whatever is checked
            NoAnswer.chosen(e).ifPresent(answer -> {
                throw answer;
            });
            return switch (NoAnswer.of(e)) {
                case REFUSED -> {
                    LOG.info("Not let in: {}, {}", whom.get(), e.getClass().getName());
                    yield Optional.empty();
                }
                case OUTAGE -> throw new TokenStoreException(whom.get() + " could not be asked about", e);
                case FAULT -> {
                    LOG.error("Not answered: {}", whom.get(), e);
                    throw new ProblemException(Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
                }
            };
        }
    }

    /** Refuses tokens of owners whom no loader finds, when they are issued: they would let nobody in, and nobody would know why. */
    TokenPolicy policy() {
        return new TokenPolicy() {
            @Override
            public Abilities permitted(Owner owner) {
                if (find(owner).isEmpty()) {
                    throw new InvalidTokenRequestException("owner", "unknown-owner", unknown(owner));
                }
                return Abilities.EVERYTHING;
            }
        };
    }

    private String unknown(Owner owner) {
        return loaders.get().containsKey(owner.type())
                ? "No loader finds " + owner.type() + " " + owner.id() + ", so a token of it would let nobody in."
                        + " Where a UserDetailsService is asked, the id is the user name; for others, see OwnerLoader.of."
                : "No loader knows owners of the type " + owner.type() + ", so a token of one would let nobody in."
                        + " Declare an OwnerLoader bean.";
    }

    /** Whom tokens made by this authentication belong to; empty if no loader knows its principal. */
    public Optional<Owner> of(Authentication authentication) {
        if (authentication instanceof TokenAuthentication token) {
            return Optional.of(token.token().owner());
        }
        Optional<Owner> mapped =
                ask(() -> "the owner that somebody is", () -> mapper.get().ownerOf(authentication));
        Object principal = authentication.getPrincipal();
        if (mapped.isPresent() || principal == null) {
            return mapped;
        }
        return loaders.get().values().stream()
                .flatMap(loader -> ask(() -> "the id of somebody", () -> loader.idOf(principal))
                        .map(id -> Owner.of(loader.type(), id))
                        .stream())
                .findFirst();
    }

    /**
     * The same for whoever wants something of their own, like a token.
     *
     * @throws ProblemException 403 if no loader knows its principal, of whose class the log has a line then
     */
    public Owner require(Authentication authentication) {
        return of(authentication).orElseThrow(() -> {
            String principal = ObjectUtils.nullSafeClassName(authentication.getPrincipal());
            if (strangers.add(principal)) {
                LOG.warn(
                        "No OwnerLoader tells an id of whoever is signed in as {}, so they get 403 and no tokens: declare an OwnerLoader bean whose idOf knows that class; there are loaders for {}",
                        principal,
                        loaders.get().keySet());
            }
            return new ProblemException(
                    Problem.forbidden(),
                    new Finding(
                            "No OwnerLoader tells an id of whoever is signed in as " + principal + ".",
                            "Declare an OwnerLoader bean whose idOf knows that class."));
        });
    }
}
