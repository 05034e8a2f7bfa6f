package dev.sanctum4j.test;

import static dev.sanctum4j.test.SanctumAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/testing.md shows is compiled and run. */
class TestingGuideTest {

    private static final Owner ADA = Owner.of("user", "ada");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final InMemoryTokenStore store = new InMemoryTokenStore();

    @Test
    void clockMoves() {
        MovableClock clock = MovableClock.at(NOON);
        Tokens tokens = Tokens.builder(store).clock(clock).build();
        NewToken made = tokens.issue(TokenRequest.of(ADA, "ci").lifetime(Duration.ofHours(1)));

        clock.move(Duration.ofHours(2));

        assertThat(tokens.authenticate(made.plainText().reveal())).isRejected(Reason.EXPIRED);
    }

    @Test
    void everySnippetIsInATest() throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            StringBuilder all = new StringBuilder();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
            tests = all.toString().replaceAll("\\s", "");
        }
        List<String> snippets = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/testing.md")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(snippets)
                .hasSizeGreaterThan(7)
                .allSatisfy(snippet -> assertThat(tests).contains(snippet.replaceAll("\\s", "")));
    }
}
