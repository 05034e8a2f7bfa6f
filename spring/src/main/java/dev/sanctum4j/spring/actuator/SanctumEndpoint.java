package dev.sanctum4j.spring.actuator;

import dev.sanctum4j.cache.CacheState;
import dev.sanctum4j.jdbc.ChangeFeed;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.store.FeedLifecycle;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** What this node has done since it started, and how its memory is. */
@Endpoint(id = "sanctum")
final class SanctumEndpoint {

    private final Counts counts;
    private final FeedLifecycle feed;
    private final @Nullable Owners owners;

    /** @param owners absent where nobody calls */
    SanctumEndpoint(Counts counts, FeedLifecycle feed, @Nullable Owners owners) {
        this.counts = counts;
        this.feed = feed;
        this.owners = owners;
    }

    /** Tokens and owners in memory, and how changes elsewhere are noticed. */
    record Cache(@Nullable CacheState tokens, @Nullable CacheState owners, ChangeFeed.@Nullable Kind feed) {}

    /** Checks by what came out, events by name, and the memory if there is one. */
    @ReadOperation
    Map<String, Object> status() {
        Map<String, Long> checks = new LinkedHashMap<>();
        counts.checks()
                .forEach(same -> checks.put(
                        same.reason().equals("none") ? same.outcome() : same.reason(),
                        same.count().sum()));
        Map<String, Long> events = new LinkedHashMap<>();
        counts.happened().forEach((name, count) -> events.put(name, count.sum()));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("checks", checks);
        all.put("events", events);
        if (feed.settings().isPresent()) {
            FeedLifecycle.State state = feed.state();
            CacheState known = owners == null ? null : owners.state().orElse(null);
            all.put("cache", new Cache(state.tokens(), known, state.feed()));
        }
        return all;
    }
}
