package dev.sanctum4j.server.cli;

import dev.sanctum4j.TokenStoreException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a database says when it is the account that may not. */
public final class Refusal {

    private static final String DENIED = "42501";
    private static final Set<Integer> ON_MYSQL = Set.of(1044, 1142, 1143, 1227, 1370, 1419);

    /** The same in the words of the core, which keeps no exceptions of drivers. */
    private static final Pattern IN_WORDS = Pattern.compile("SQLSTATE " + DENIED + ",|code (?:"
            + ON_MYSQL.stream().map(String::valueOf).collect(Collectors.joining("|")) + ")\\)");

    private Refusal() {}

    /** What was refused, with its code; empty if something else went wrong. */
    public static Optional<String> of(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).replaceFirst("^\\(conn=\\d+\\) ", "");
            if (cause instanceof SQLException sql
                    && (DENIED.equals(sql.getSQLState()) || ON_MYSQL.contains(sql.getErrorCode()))) {
                return Optional.of("SQLSTATE " + sql.getSQLState() + ", code " + sql.getErrorCode() + ": " + message);
            }
            if (cause instanceof TokenStoreException
                    && IN_WORDS.matcher(message).find()) {
                return Optional.of(message);
            }
        }
        return Optional.empty();
    }
}
