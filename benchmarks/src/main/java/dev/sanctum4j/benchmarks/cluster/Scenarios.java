package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

/** What can happen to a cluster, and what it must not accept meanwhile. */
final class Scenarios {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final Duration bound;

    /**
     * Scenarios on a cluster.
     *
     * @param bound its {@code sanctum.cache.max-stale}
     */
    Scenarios(Cluster cluster, Duration bound) {
        this.cluster = cluster;
        this.bound = bound;
    }

    /**
     * What came of it.
     *
     * @param revocations how many tokens were revoked
     * @param nanos from the first byte of each revocation until every node had refused the token, sorted
     * @param baseline commit and NOTIFY from one connection to another, sorted
     * @param accepted requests let in that began after a revocation was answered
     * @param late those of them that began after the bound
     */
    record Outcome(int revocations, List<Long> nanos, List<Long> baseline, int accepted, int late) {

        String line(String name) {
            String times = "%s: %,d revocations, refused on all nodes after median %.1f ms, p99 %.1f ms"
                    .formatted(name, revocations, quantile(nanos, 0.5) / 1e6, quantile(nanos, 0.99) / 1e6);
            if (!baseline.isEmpty()) {
                times += "; commit + NOTIFY median %.1f ms, p99 %.1f ms; ratio of medians %.1f"
                        .formatted(
                                quantile(baseline, 0.5) / 1e6,
                                quantile(baseline, 0.99) / 1e6,
                                (double) quantile(nanos, 0.5) / quantile(baseline, 0.5));
            }
            return times + "; accepted after the answer %,d, after the bound %,d".formatted(accepted, late);
        }
    }

    static long quantile(List<Long> sorted, double q) {
        return sorted.isEmpty() ? 0 : sorted.get((int) (q * (sorted.size() - 1)));
    }

    /** Warms a token up on every node. */
    void warm(List<String> tokens) throws IOException, InterruptedException {
        for (String token : tokens) {
            for (Node node : cluster.nodes()) {
                int status = node.get("/api/user", token);
                if (status != 200) {
                    throw new IllegalStateException("a fresh token is answered with " + status);
                }
            }
        }
    }

    /** Tokens end themselves on one node after the other, beside a commit with NOTIFY that does nothing else. */
    Outcome oneByOne(int count) throws Exception {
        List<Long> nanos = new ArrayList<>();
        List<Long> baseline = new ArrayList<>();
        int accepted = 0;
        int late = 0;
        try (Probe probe = new Probe();
                RoundTrip roundTrip = new RoundTrip(cluster)) {
            for (int i = 0; i < count; i++) {
                String token = cluster.issue(1).get(0);
                warm(List.of(token));
                baseline.add(roundTrip.nanos());
                long began = System.nanoTime();
                int status = cluster.node(i % cluster.nodes().size()).revoke(token);
                long revoked = System.nanoTime();
                if (status != 204) {
                    throw new IllegalStateException("the revocation is answered with " + status);
                }
                Probe.Seen seen = probe.until401(cluster.nodes(), token, revoked, bound, PATIENCE);
                nanos.add(seen.refused() - began);
                accepted += seen.accepted();
                late += seen.late();
            }
        }
        Collections.sort(nanos);
        Collections.sort(baseline);
        return new Outcome(count, nanos, baseline, accepted, late);
    }

    /** Rows are changed by one statement past all servers; {@code sample} of the tokens are asked for afterwards. */
    Outcome bySql(int rows, int sample, String statement) throws Exception {
        List<String> tokens = cluster.issue(sample);
        cluster.sql("""
                insert into personal_access_tokens
                    (tokenable_type, tokenable_id, name, token, abilities, created_at, updated_at)
                select tokenable_type, tokenable_id, 'bulk', encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'),
                    abilities, created_at, updated_at
                from (select * from personal_access_tokens limit 1) as one, generate_series(1, %d)
                """.formatted(Math.max(0, rows - sample)));
        warm(tokens);
        long began = System.nanoTime();
        int changed = cluster.sql(statement);
        return probe(tokens, began, System.nanoTime(), changed);
    }

    /** A node stands still while a token is revoked on another, for longer than the bound, and goes on. */
    Outcome paused() throws Exception {
        List<String> tokens = cluster.issue(1);
        warm(tokens);
        Node frozen = cluster.node(cluster.nodes().size() - 1);
        long began = System.nanoTime();
        long revoked;
        frozen.pause();
        try {
            cluster.node(0).revoke(tokens.get(0));
            revoked = System.nanoTime();
            LockSupport.parkNanos(bound.toNanos() + 500_000_000);
        } finally {
            frozen.resume();
        }
        return probe(tokens, began, revoked, 1);
    }

    /** The connections that listen are cut again and again while tokens are revoked. */
    Outcome feedCut(int count) throws Exception {
        List<String> tokens = cluster.issue(count);
        warm(tokens);
        List<Long> nanos = new ArrayList<>();
        int accepted = 0;
        int late = 0;
        for (int i = 0; i < count; i++) {
            String token = tokens.get(i);
            cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()");
            long began = System.nanoTime();
            cluster.node(i % cluster.nodes().size()).revoke(token);
            Outcome one = probe(List.of(token), began, System.nanoTime(), 1);
            nanos.addAll(one.nanos());
            accepted += one.accepted();
            late += one.late();
        }
        Collections.sort(nanos);
        return new Outcome(count, nanos, List.of(), accepted, late);
    }

    /** The database goes away and comes back right after a revocation. */
    Outcome databaseRestarted(ThrowingRunnable restart) throws Exception {
        List<String> tokens = cluster.issue(5);
        warm(tokens);
        long began = System.nanoTime();
        cluster.sql(
                "update personal_access_tokens set revoked_at = now() at time zone 'UTC',"
                        + " expires_at = now() at time zone 'UTC' - interval '1 second', updated_at = now() at time zone 'UTC'");
        long revoked = System.nanoTime();
        restart.run();
        return probe(tokens, began, revoked, tokens.size());
    }

    /** Something that may fail in any way. */
    interface ThrowingRunnable {
        void run() throws Exception;
    }

    private Outcome probe(List<String> tokens, long began, long revoked, int count)
            throws InterruptedException, ExecutionException {
        List<Long> nanos = new ArrayList<>();
        int accepted = 0;
        int late = 0;
        try (Probe probe = new Probe()) {
            for (String token : tokens) {
                Probe.Seen seen = probe.until401(cluster.nodes(), token, revoked, bound, PATIENCE);
                nanos.add(seen.refused() - began);
                accepted += seen.accepted();
                late += seen.late();
            }
        }
        Collections.sort(nanos);
        return new Outcome(count, nanos, List.of(), accepted, late);
    }

    /** A commit with NOTIFY on one connection until another has heard it. */
    private static final class RoundTrip implements AutoCloseable {
        private final Connection sender;
        private final Connection receiver;
        private final PGConnection heard;

        RoundTrip(Cluster cluster) throws SQLException {
            sender = cluster.connect();
            receiver = cluster.connect();
            heard = receiver.unwrap(PGConnection.class);
            try (Statement statement = sender.createStatement()) {
                statement.execute("create table if not exists benchmark_round_trip (n bigint)");
                statement.execute("insert into benchmark_round_trip values (0)");
            }
            try (Statement statement = receiver.createStatement()) {
                statement.execute("listen benchmark_round_trip");
            }
            sender.setAutoCommit(false);
        }

        long nanos() throws SQLException {
            long began = System.nanoTime();
            try (PreparedStatement change = sender.prepareStatement("update benchmark_round_trip set n = n + 1");
                    Statement notify = sender.createStatement()) {
                change.executeUpdate();
                notify.execute("notify benchmark_round_trip");
                sender.commit();
            }
            while (heard.getNotifications(5_000).length == 0) {
                // not yet
            }
            return System.nanoTime() - began;
        }

        @Override
        public void close() throws SQLException {
            sender.close();
            receiver.close();
        }
    }
}
