package dev.sanctum4j.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** What this node has done since it started, and how its parts are. */
@Endpoint(id = "sanctum")
final class SanctumEndpoint {

    private final Counts counts;
    private final List<Status> parts;

    SanctumEndpoint(Counts counts, List<Status> parts) {
        this.counts = counts;
        this.parts = List.copyOf(parts);
    }

    /** Checks by what came out, events by name, and each part under its own. */
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
        parts.forEach(part -> all.put(part.name(), part.details()));
        return all;
    }
}
