package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code SANCTUM_LARAVEL_ACTIVE} may say, and what it may not. */
class ActiveConditionTest {

    private static List<String> parsed(String text) {
        return ActiveCondition.parse(text).orElseThrow().stream()
                .map(one -> one.column() + " " + one.comparison())
                .toList();
    }

    @Test
    void comparisonsAreReadInWhateverWayTheyAreWritten() {
        assertThat(parsed("")).isEmpty();
        assertThat(parsed("banned_at is null")).containsExactly("banned_at is null");
        assertThat(parsed("  Banned_At\tIS  NOT\n NULL  ")).containsExactly("banned_at is not null");
        assertThat(parsed("banned=0")).containsExactly("banned = 0");
        assertThat(parsed("a=-1 AND b <> 2.50 and c != 3 And d<4 and e >=5 and f> 6 and g<=7"))
                .containsExactly("a = -1", "b <> 2.50", "c != 3", "d < 4", "e >= 5", "f > 6", "g <= 7");
        assertThat(parsed("active = TRUE and banned = false")).containsExactly("active = TRUE", "banned = false");
        assertThat(parsed("status = 'active'")).containsExactly("status = 'active'");
        assertThat(parsed("status <> 'it''s over; -- and or () ? {d} \" ü 💥'"))
                .containsExactly("status <> 'it''s over; -- and or () ? {d} \" ü 💥'");
        assertThat(parsed("status = '' and role = 'a'and and_so = 'or'".replace("'a'and", "'a' and")))
                .containsExactly("status = ''", "role = 'a'", "and_so = 'or'");
        assertThat(parsed("a = '" + "x".repeat(900) + "'")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "banned_at",
                "banned_at is",
                "banned_at isnull",
                "banned_at is null;",
                "banned_at is null; drop table users",
                "banned_at is null --",
                "banned_at is null -- and",
                "banned_at is null /* x */",
                "banned_at /**/ is null",
                "banned_at is null # x",
                "banned_at is null or 1 = 1",
                "banned_at is null or true",
                "banned_at is null and",
                "and banned_at is null",
                "banned_at is null and and a = 1",
                "banned_at is null, a = 1",
                "banned_at is null a = 1",
                "(banned_at is null)",
                "not banned_at is null",
                "banned_at = null",
                "banned_at is 1",
                "banned_at is true",
                "lower(status) = 'active'",
                "banned_at < now()",
                "banned_at < current_timestamp",
                "a = b",
                "1 = 1",
                "'a' = 'a'",
                "users.banned = 0",
                "u.banned = 0",
                "`banned` = 0",
                "\"banned\" = 0",
                "[banned] = 0",
                "banned == 0",
                "banned <=> 0",
                "banned =! 0",
                "banned in (0)",
                "banned like 'a%'",
                "banned between 0 and 1",
                "banned = 0x1",
                "banned = 1e3",
                "banned = .5",
                "banned = 5.",
                "banned = --1",
                "banned = +1",
                "banned = 1234567890123456789012",
                "banned = ?",
                "banned = :name",
                "banned = ${name}",
                "banned = truey",
                "banned = 0and a = 1",
                "status = active",
                "status = \"active\"",
                "status = 'active",
                "status = active'",
                "status = 'it's'",
                "status = ''' or 1 = 1",
                "status = '\\' or 1=1 -- '",
                "status = 'a\\'",
                "status = 'a\nb'",
                "status = 'a\0b'",
                "status = N'a'",
                "status = 'a' 'b'",
                "status = 'a' collate binary",
                "status = ‘active’",
                "ſtatus = 'a'",
                "gelöscht is null",
                "banned_at ıs null",
                "banned_at\u00a0is null",
                "banned_at is null union select 1",
                "1banned = 0",
                "a_name_that_is_longer_than_any_database_lets_a_name_of_a_column_be_x = 0"
            })
    void nothingElseIs(String text) {
        assertThat(ActiveCondition.parse(text)).isEqualTo(Optional.empty());
    }

    @Test
    void textsWithoutEndAreRefusedAndTakeNoTime() {
        assertThat(ActiveCondition.parse("a = '" + "x''".repeat(100_000) + "'")).isEmpty();
        assertThat(ActiveCondition.parse("a = 1 and ".repeat(100_000))).isEmpty();
        assertThat(ActiveCondition.parse("a" + " ".repeat(1_000_000))).isEmpty();
        assertThat(ActiveCondition.parse("a = '" + "''".repeat(490))).isEmpty();
    }

    @Test
    void aColumnIsComparedWithWhatItHolds() {
        ActiveCondition number = ActiveCondition.parse("a = 1").orElseThrow().get(0);
        ActiveCondition truth = ActiveCondition.parse("a = True").orElseThrow().get(0);
        ActiveCondition text = ActiveCondition.parse("a = '1'").orElseThrow().get(0);
        ActiveCondition nothing =
                ActiveCondition.parse("a is not null").orElseThrow().get(0);

        for (int type :
                new int[] {Types.INTEGER, Types.BIGINT, Types.TINYINT, Types.BIT, Types.BOOLEAN, Types.DECIMAL}) {
            assertThat(List.of(number.fits(type), truth.fits(type), text.fits(type), nothing.fits(type)))
                    .containsExactly(true, true, false, true);
        }
        for (int type :
                new int[] {Types.VARCHAR, Types.CHAR, Types.LONGVARCHAR, Types.TIMESTAMP, Types.DATE, Types.OTHER}) {
            assertThat(List.of(number.fits(type), truth.fits(type), text.fits(type), nothing.fits(type)))
                    .containsExactly(false, false, true, true);
        }
    }
}
