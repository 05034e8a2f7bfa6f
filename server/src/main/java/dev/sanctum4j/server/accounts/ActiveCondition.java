package dev.sanctum4j.server.accounts;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that must hold of a person: a column, a comparison, and a value.
 *
 * @param column the column, in small letters
 * @param comparison what it is compared with and how, as SQL
 * @param value what it is compared with
 */
record ActiveCondition(String column, String comparison, String value) {

    /** What conditions look like, in words. */
    static final String RULE =
            "it must be comparisons of columns with numbers, with texts in single quotes, or with true and"
                    + " false, or whether they are null, joined by 'and', like: banned_at is null and status = 'active'";

    private static final int MAX_LENGTH = 1_000;
    private static final Set<Integer> NUMBERS = Set.of(
            Types.TINYINT,
            Types.SMALLINT,
            Types.INTEGER,
            Types.BIGINT,
            Types.FLOAT,
            Types.REAL,
            Types.DOUBLE,
            Types.NUMERIC,
            Types.DECIMAL,
            Types.BIT,
            Types.BOOLEAN);

    /** No text has a backslash, with which MySQL would begin an escape. */
    private static final Pattern ONE = Pattern.compile(
            "\\s*(?<column>[a-z_][a-z0-9_]{0,62})"
                    + "(?:\\s+(?<isNull>is\\s+(?:not\\s+)?null)"
                    + "|\\s*(?<operator><=|>=|<>|!=|=|<|>)\\s*"
                    + "(?<value>-?[0-9]{1,18}(?:\\.[0-9]{1,18})?|true|false|'(?:[^'\\\\\\p{Cntrl}]|'')*+'))"
                    + "(?<end>\\s*\\z|\\s+and(?=\\s))",
            Pattern.CASE_INSENSITIVE);

    /** The conditions in a text: none in an empty one; nothing at all if it is anything else than conditions. */
    static Optional<List<ActiveCondition>> parse(String text) {
        List<ActiveCondition> found = new ArrayList<>();
        Matcher matcher = ONE.matcher(text);
        boolean more = !text.isEmpty();
        while (more) {
            if (text.length() > MAX_LENGTH || !matcher.lookingAt()) {
                return Optional.empty();
            }
            String isNull = matcher.group("isNull");
            String value = isNull == null ? matcher.group("value") : "null";
            found.add(new ActiveCondition(
                    small(matcher.group("column")),
                    isNull == null
                            ? matcher.group("operator") + " " + value
                            : small(isNull).replaceAll("\\s+", " "),
                    value));
            more = !matcher.group("end").isBlank();
            matcher.region(matcher.end(), text.length());
        }
        return Optional.of(found);
    }

    static String small(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether a column of this type, one of {@link Types}, can be compared with the value as it stands. */
    boolean fits(int type) {
        return value.equals("null") || NUMBERS.contains(type) != value.startsWith("'");
    }
}
