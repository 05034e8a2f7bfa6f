package dev.sanctum4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Numbers of the pages that stand in the code: each line ties the words of pages to the words of the code that they tell. Whoever
 * changes one is led to the other. What tables tell, their own tests know; what was measured, nobody can.
 */
class NumbersTest {

    /** Pages below {@code docs}; their words; a file by its name; its words. */
    private static final String TIES = """
            errors                     | at most 64 KiB                            | Limits.java                 | int BODY = 64 * 1024
            first-party                | A frame has at most 64 KiB                | Limits.java                 | int FRAME = 64 * 1024
            first-party                | and 64 headers                            | Limits.java                 | int FRAME_HEADERS = 64
            first-party                | of 8,192 characters                       | Limits.java                 | int FRAME_HEADER = 8 * 1024
            first-party                | 1,000 subscriptions at a time             | Limits.java                 | int SUBSCRIPTIONS = 1_000
            first-party                | destinations 1,000 characters             | Limits.java                 | int SUBSCRIPTION = 1_000
            errors                     | entries of a list (256 at most)           | Limits.java                 | int ENTRIES = 256
            errors                     | more than 256 fields                      | Limits.java                 | int ENTRIES = 256
            errors                     | more than 8 deep                          | Limits.java                 | int DEPTH = 8
            http, admin-api            | (50, at most 100)                         | Paging.java                 | String USUAL = "50"
            http, admin-api            | (50, at most 100)                         | Paging.java                 | int MOST = 100
            upgrading                  | a name has at most 255 characters         | TokenRequest.java           | int MAX_NAME = 255
            guides/run-tokens          | at most 120 characters                    | TokenRequest.java           | int MAX_ACTOR = 120
            errors                     | has issued a hundred that are valid       | Tokens.java                 | int MAX_ISSUED = 100
            guides/run-tokens          | (12 hours)                                | configuration.md            | `sanctum.policy.delegated-lifetime` | a duration | `12h`
            command-line, from-sanctum | thirty days                               | configuration.md            | `sanctum.prune.after` | a duration | `30d`
            operations                 | (`sanctum.cache.max-entries`)             | configuration.md            | `sanctum.cache.max-entries` | a number | `50000`
            operations                 | at most 50,000 a node                     | configuration.md            | `sanctum.cache.max-entries` | a number | `50000`
            operations                 | once a minute per token                   | configuration.md            | `sanctum.last-used.resolution` | a duration | `1m`
            operations                 | written every ten seconds                 | configuration.md            | `sanctum.last-used.flush-interval` | a duration | `10s`
            security                   | two hours without use                     | configuration.md            | `sanctum.spa.session-lifetime` | a duration | `2h`
            security                   | thirty days for whoever asks              | configuration.md            | `sanctum.spa.remember-lifetime` | a duration | `30d`
            security                   | sockets within five seconds               | configuration.md            | `sanctum.websocket.recheck` | a duration | `5s`
            security, ../README        | 238 bits                                  | TokenFormat.java            | int SECRET = 40
            security                   | the last four characters                  | TokenFormat.java            | int HINT = 4
            with-laravel               | up to 512 bytes                           | TokenFormat.java            | int MAX_BYTES = 512
            operations                 | It is 30 seconds while a feed notifies    | CacheSettings.java          | MAX_STALE = Duration.ofSeconds(30)
            operations                 | and 3 seconds where                       | CacheSettings.java          | MAX_STALE_UNNOTIFIED = Duration.ofSeconds(3)
            operations                 | ten times in all at most                  | Conflict.java               | int MOST = 10
            operations                 | five times in all                         | SessionStores.java          | maxRetries(4)
            operations                 | that are over 250 every second            | SessionStores.java          | Duration.ofSeconds(1)
            first-party                | closed after 60 seconds                   | LiveSockets.java            | NOBODYS = Duration.ofSeconds(60)
            errors                     | within the last ten minutes               | IdempotencyKey.java         | KEPT = Duration.ofMinutes(10)
            guides/recipes             | longer than 64 characters                 | IdempotencyKey.java         | int MAX_LENGTH = 64
            guides/recipes             | hundred-and-first within ten minutes      | IdempotencyKey.java         | int PER_OWNER = 100
            errors                     | or ten minutes are over                   | Approvals.java              | OPEN_FOR = Duration.ofMinutes(10)
            guides/approval            | within two minutes of the yes             | Approvals.java              | FETCHED_WITHIN = Duration.ofMinutes(2)
            guides/approval            | at most 60 characters                     | Approvals.java              | int MAX_CLIENT_NAME = 60
            guides/approval            | 30 days unless asked                      | Approvals.java              | DEFAULT_LIFETIME = Duration.ofDays(30)
            guides/approval            | 90 at most                                | Approvals.java              | MAX_LIFETIME = Duration.ofDays(90)
            guides/approval            | may ask ten times a minute                | Approvals.java              | int PER_WINDOW = 10
            guides/approval            | have five requests open                   | Approvals.java              | int OPEN_PER_NETWORK = 5
            guides/approval            | have fifty together                       | Approvals.java              | int OPEN_AROUND = 50
            guides/approval            | a thousand open ones at most              | Approvals.java              | int OPEN = 1_000
            guides/approval            | at first every five seconds               | Approvals.java              | INTERVAL = Duration.ofSeconds(5)
            guides/approval            | content with a minute                     | ApprovalStore.java          | SLOWEST = Duration.ofMinutes(1)
            upgrading                  | has 45 characters at least                | ColumnTypes.java            | int ADDRESS = 45
            errors                     | Five wrong ones in ten minutes            | Guesses.java                | int PER_PERSON = 5
            guides/approval            | fifty for a network in ten minutes        | Guesses.java                | int PER_NETWORK = 50
            guides/approval            | fifty for a network in ten minutes        | Guesses.java                | WINDOW = Duration.ofMinutes(10)
            security                   | five tries a minute for an account        | LoginThrottle.java          | int PER_ACCOUNT_AND_ADDRESS = 5
            security                   | fifty for an address                      | LoginThrottle.java          | int PER_ADDRESS = 50
            guides/phone               | after five tries in a minute              | LoginThrottle.java          | int PER_ACCOUNT_AND_ADDRESS = 5
            security                   | ten minutes for nobody's                  | SessionCsrfTokens.java      | ANONYMOUS = Duration.ofMinutes(10)
            security                   | wait for up to five seconds               | PasswordCheck.java          | PATIENCE = Duration.ofSeconds(5)
            account-page               | Ten questions a minute                    | TokensController.java       | int IDENTIFIED_PER_MINUTE = 10
            account-page               | every three seconds                       | shown-once.js               | EVERY = 3_000
            account-page               | for five minutes at most                  | shown-once.js               | LISTENING = 5 * 60_000
            account-page               | any of twenty characters or more          | secret.js                   | \\S{20,}
            account-page               | not used for 90 days                      | token.js                    | LONG = 90 * DAY
            account-page               | more than a thousand                      | tokens.js                   | FIRST = 1_000
            account-page               | ten seconds after it was read             | tokens.js                   | FRESH = 10_000
            account-page, configuration | at most 256 KiB                          | Logo.java                   | int LARGEST = 256 * 1024
            configuration              | at most 40 characters                     | PageProperties.java         | int LONGEST_NAME = 40
            gateways/README            | more than 512 characters                  | Rules.java                  | int MOST = 512
            guides/server-provider     | for seven days                            | Identities.java             | INVITED = Duration.ofDays(7)
            guides/server-provider     | for ten minutes                           | Purpose.java                | MEANT = Duration.ofMinutes(10)
            guides/server-provider     | asked again after ten seconds             | Registration.java           | PAUSE = Duration.ofSeconds(10)
            security                   | at least eight characters                 | Accounts.java               | int MIN_PASSWORD = 8
            security                   | up to 72 bytes                            | WholePasswords.java         | int MAX_BYTES = 72
            admin-api, guides/server-provider | within 15 minutes                  | application.properties      | sanctum.spa.confirm-within=15m
            guides/server-provider     | after 30 days                             | application.properties      | sanctum.owners.seen-within=30d
            operations                 | for up to 20 seconds                      | application.properties      | timeout-per-shutdown-phase=20s
            operations                 | Idle connections stay for a minute        | application.properties      | keep-alive-timeout=60s
            operations                 | 5 between two of its bytes                | application.properties      | connection-timeout=5s
            operations                 | A request has 10 seconds to come          | TimedProtocol.java          | COMING = TimeUnit.SECONDS.toNanos(10)
            operations                 | and 30 to be read and answered            | TimedProtocol.java          | READ = TimeUnit.SECONDS.toNanos(30)
            operations                 | 60 in all                                 | TimedProtocol.java          | ANSWERED = TimeUnit.SECONDS.toNanos(60)
            operations                 | one for each 80 KB                        | ConnectionLimits.java       | long MEMORY = 80 << 10
            operations                 | at most 8,192                             | ConnectionLimits.java       | int MOST = 8_192
            operations                 | beyond five hundred                       | RefusalCounts.java          | int WITH_DETAIL = 500
            operations                 | beyond a thousand the address             | RefusalCounts.java          | int WITH_ADDRESS = 1_000
            operations                 | up to 10,000 entries                      | AuditWriter.java            | int CAPACITY = 10_000
            operations                 | beyond five thousand it waits             | AuditWriter.java            | queue.size() >= CAPACITY / 2
            operations                 | four times a second                       | EmbeddedDatabase.java       | long LOOK_EVERY = 250
            operations                 | for 50 milliseconds                       | EmbeddedDatabase.java       | int ROUND = 50
            operations                 | for half a second                         | EmbeddedDatabase.java       | int LONGEST = 500
            command-line               | \\| 0 \\| the token is written             | ExitCode.java               | int DONE = 0
            command-line               | \\| 1 \\| somebody said no                 | ExitCode.java               | int REFUSED = 1
            command-line               | \\| 2 \\| standard output                  | ExitCode.java               | int USAGE = 2
            command-line               | \\| 69 \\| the server                      | ExitCode.java               | int UNAVAILABLE = 69
            command-line               | \\| 75 \\| nobody answered                 | ExitCode.java               | int EXPIRED = 75
            command-line               | ten seconds later `KILL`                  | ExecCommand.java            | long GRACE_SECONDS = 10
            """;

    @Test
    void whatThePagesSayTheCodeSays() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        for (Path file : Page.files("")) {
            files.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                    .add(file);
        }
        List<String> wrong = new ArrayList<>();
        List<String> ties = TIES.lines().toList();
        for (String tie : ties) {
            String[] cells = tie.split("(?<!\\\\)\\|", 4);
            String words = cells[1].strip().replace("\\|", "|");
            String code = cells[3].strip();
            for (String page : cells[0].split(",", -1)) {
                if (!read(Page.ROOT.resolve("docs").resolve(page.strip() + ".md"))
                        .contains(words)) {
                    wrong.add(page.strip() + " does not say “" + words + "”, for " + cells[2].strip() + ": " + code);
                }
            }
            if (files.getOrDefault(cells[2].strip(), List.of()).stream()
                    .filter(file ->
                            file.toString().contains("/src/main/") || file.startsWith(Page.ROOT.resolve("docs")))
                    .noneMatch(file -> read(file).contains(code))) {
                wrong.add(cells[2].strip() + " does not say “" + code + "”, for " + cells[0].strip() + ": " + words);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(ties).hasSizeGreaterThan(60);
    }

    /** With one blank wherever there are some: lines end anywhere. */
    private static String read(Path file) {
        try {
            return Files.readString(file).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
