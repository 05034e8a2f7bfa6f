package dev.sanctum4j.benchmarks.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How soon three servers refuse what one of them has revoked, under load, and whether any of them lets in what it must not.
 *
 * <pre>java -cp benchmarks.jar dev.sanctum4j.benchmarks.cluster.Revocation SERVER-JAR JDBC-URL [NAME=VALUE]…</pre>
 *
 * Names in capitals are settings of the servers; others are {@code nodes}, {@code revocations}, {@code load} (requests a
 * second), {@code rows} of the largest statement, {@code max-stale} in milliseconds, and {@code restart}, a command that
 * restarts the database.
 */
public final class Revocation {

    private Revocation() {}

    /** Runs all scenarios and prints a line for each. */
    public static void main(String[] args) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (String arg : List.of(args).subList(2, args.length)) {
            given.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        Map<String, String> settings = new HashMap<>(given);
        settings.keySet().removeIf(name -> !name.equals(name.toUpperCase(java.util.Locale.ROOT)));
        Duration bound = Duration.ofMillis(number(given, "max-stale", 3_000));
        settings.put("SANCTUM_CACHE_MAX_STALE", bound.toMillis() + "ms");
        int nodes = number(given, "nodes", 3);
        try (Cluster cluster = Cluster.start(Path.of(args[0]), args[1], nodes, settings);
                Load load = new Load(cluster.nodes(), cluster.issue(50), number(given, "load", 300))) {
            Scenarios scenarios = new Scenarios(cluster, bound);
            long from = System.nanoTime();
            System.out.println(
                    scenarios.oneByOne(number(given, "revocations", 1_000)).line("one by one"));
            System.out.printf(
                    "load meanwhile: %.0f requests/s answered, %d failed%n",
                    load.answered() * 1e9 / (System.nanoTime() - from), load.failed());
            System.out.println(scenarios.paused().line("a node paused"));
            System.out.println(scenarios.feedCut(20).line("feed cut"));
            int rows = number(given, "rows", 100_000);
            load.close();
            System.out.println(scenarios.bySql(rows, 50, """
                            update personal_access_tokens set revoked_at = now() at time zone 'UTC',
                                expires_at = now() at time zone 'UTC' - interval '1 second',
                                updated_at = now() at time zone 'UTC'
                            """).line("one statement"));
            System.out.println(scenarios
                    .bySql(rows, 50, "delete from personal_access_tokens")
                    .line("deleted by SQL"));
            if (given.containsKey("restart")) {
                System.out.println(scenarios
                        .databaseRestarted(() -> new ProcessBuilder("sh", "-c", given.get("restart"))
                                .inheritIO()
                                .start()
                                .waitFor())
                        .line("database restarted"));
            }
        }
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return Integer.parseInt(given.getOrDefault(name, Integer.toString(otherwise)));
    }
}
