package dev.sanctum4j.benchmarks;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.StoredToken;
import dev.sanctum4j.TokenDraft;
import dev.sanctum4j.TokenId;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import java.lang.ref.Reference;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much heap a cached token takes. All have the same name and abilities, which so count once; each has an owner of its own.
 *
 * <pre>java -Xmx4g -cp benchmarks.jar dev.sanctum4j.benchmarks.CacheHeap [TOKENS]</pre>
 */
public final class CacheHeap {

    private CacheHeap() {}

    /** Fills a cache and prints what it takes. */
    public static void main(String[] args) throws InterruptedException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Abilities abilities = Abilities.of("orders:read", "orders:write");
        Instant now = Instant.now();
        CacheSettings settings = new CacheSettings(
                count, Duration.ofHours(1), null, CacheSettings.DEFAULT.transactions(), System::nanoTime);
        AtomicInteger number = new AtomicInteger();
        TokenStore rows = (TokenStore) Proxy.newProxyInstance(
                CacheHeap.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("findByHash")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    int id = number.incrementAndGet();
                    SecretHash hash = SecretHash.parse(((SecretHash) arguments[0]).toHex())
                            .orElseThrow();
                    TokenDraft row = new TokenDraft(
                            Owner.of("user", id),
                            "ci",
                            abilities,
                            hash,
                            now.minusSeconds(id),
                            now.plusSeconds(id),
                            null,
                            Map.of());
                    return Optional.of(new StoredToken(row.withId(TokenId.of(id)), hash));
                });
        CachingTokenStore cache = CachingTokenStore.of(rows, settings);
        long before = used();
        for (int i = 0; i < count; i++) {
            if (cache.findByHash(SecretHash.of("heap-" + i)).isEmpty()) {
                throw new IllegalStateException("token " + i + " was not found");
            }
        }
        long after;
        try {
            after = used();
        } finally {
            Reference.reachabilityFence(cache);
        }
        System.out.printf(
                "%,d tokens cached, %.0f bytes each (%,d entries)%n",
                count, (double) (after - before) / count, cache.state().entries());
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
