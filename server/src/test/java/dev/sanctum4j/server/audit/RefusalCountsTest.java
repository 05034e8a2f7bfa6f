package dev.sanctum4j.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefusalCountsTest {

    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

    private final RefusalCounts counts = new RefusalCounts(10_000);

    private static Entry refusal(Instant at, @Nullable Long token, String address) {
        return new Entry(
                at,
                token == null ? "sign_in_failed" : "token_rejected",
                null,
                token == null ? null : TokenId.of(token),
                null,
                address,
                token == null ? null : "REVOKED",
                1);
    }

    private static Instant second(int second) {
        return NOON.plusSeconds(second);
    }

    @Test
    void firstIsWrittenAtOnceAndItsRepetitionsOnceAMinute() {
        assertThat(counts.add(refusal(NOON, null, "192.0.2.1"))).contains(refusal(NOON, null, "192.0.2.1"));
        for (int i = 1; i <= 59; i++) {
            assertThat(counts.add(refusal(second(i), null, "192.0.2.1"))).isEmpty();
        }
        assertThat(counts.take(second(60), false))
                .containsExactly(refusal(NOON, null, "192.0.2.1").times(second(59), 59));

        counts.add(refusal(second(61), null, "192.0.2.1"));
        assertThat(counts.take(second(120), false))
                .containsExactly(refusal(NOON, null, "192.0.2.1").times(second(61), 1));
        assertThat(counts.take(second(180), false)).isEmpty();
        assertThat(counts.add(refusal(second(181), null, "192.0.2.1"))).isPresent();
    }

    @Test
    void othersAreCountedApart() {
        List<Entry> different = List.of(
                refusal(NOON, null, "192.0.2.1"),
                refusal(NOON, null, "192.0.2.2"),
                refusal(NOON, 1L, "192.0.2.1"),
                refusal(NOON, 2L, "192.0.2.1"),
                new Entry(NOON, "ability_denied", Owner.of("user", "1"), TokenId.of(1), null, "192.0.2.1", "a", 1),
                new Entry(NOON, "ability_denied", Owner.of("user", "1"), TokenId.of(1), null, "192.0.2.1", "b", 1),
                new Entry(NOON, "ability_denied", Owner.of("user", "2"), TokenId.of(1), null, "192.0.2.1", "a", 1));
        different.forEach(one -> assertThat(counts.add(one)).contains(one));
        different.forEach(one -> assertThat(counts.add(one)).isEmpty());
        assertThat(counts.take(second(60), false)).containsExactlyInAnyOrderElementsOf(different);
    }

    @Test
    void nothingIsLostOfWhatTooManyAddressesSendAndMemoryIsBounded() {
        List<Entry> written = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            counts.add(refusal(NOON, null, "2001:db8::" + Integer.toHexString(i)))
                    .ifPresent(written::add);
        }
        assertThat(written).hasSize(RefusalCounts.AT_ONCE);
        List<Entry> minute = counts.take(second(60), false);
        assertThat(minute).hasSizeLessThanOrEqualTo(RefusalCounts.WITH_ADDRESS + 1);
        written.addAll(minute);
        assertThat(written.stream().mapToInt(Entry::times).sum()).isEqualTo(100_000);
        assertThat(written).filteredOn(entry -> entry.address() == null).hasSize(1);
    }

    @Test
    void manyTokensOfOneAddressLeaveRoomForOthers() {
        for (long token = 1; token <= 5_000; token++) {
            counts.add(refusal(NOON, token, "192.0.2.1"));
        }
        counts.add(refusal(NOON, null, "198.51.100.1"));
        List<Entry> minute = counts.take(second(60), false);
        assertThat(minute)
                .filteredOn(entry -> "198.51.100.1".equals(entry.address()))
                .hasSize(1);
        assertThat(minute)
                .filteredOn(entry -> entry.token() == null && "192.0.2.1".equals(entry.address()))
                .extracting(Entry::times)
                .containsExactly(5_000 - RefusalCounts.WITH_DETAIL);
    }

    @Test
    void dayHasSoManyEntriesAndThenOneForEachKindAndHour() {
        RefusalCounts few = new RefusalCounts(50);
        Set<Integer> rows = new HashSet<>();
        int written = 0;
        int times = 0;
        int sent = 0;
        for (int minute = 0; minute < 600; minute++) {
            Instant now = NOON.plus(Duration.ofMinutes(minute));
            for (int i = 0; i < 40; i++) {
                sent++;
                int at = few.add(refusal(now, i % 2 == 0 ? null : 7L, "10.0." + minute + "." + i))
                                .isPresent()
                        ? 1
                        : 0;
                written += at;
                times += at;
            }
            for (Entry entry : few.take(now.plusSeconds(59), minute == 599)) {
                written++;
                times += entry.times();
                rows.add(minute);
            }
        }
        assertThat(times).as("nothing is lost").isEqualTo(sent);
        assertThat(written).isLessThanOrEqualTo(50 + 2 * 12);
        assertThat(rows).hasSizeGreaterThan(5);

        Instant tomorrow = NOON.plus(Duration.ofDays(1));
        assertThat(few.add(refusal(tomorrow, null, "192.0.2.1")))
                .as("a new day")
                .isPresent();
    }

    @Test
    void everythingIsTakenAtTheEnd() {
        RefusalCounts none = new RefusalCounts(1);
        for (int i = 0; i < 10; i++) {
            none.add(refusal(NOON, null, "192.0.2." + i));
        }
        assertThat(none.take(second(10), true).stream().mapToInt(Entry::times).sum())
                .isEqualTo(9);
    }
}
