package dev.sanctum4j.server.web;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.http.Paging;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What all routes below {@code /api/admin} share. Each asks for an ability, and {@link AdminRule} for the role of its
 * caller.
 */
public final class AdminApi {

    /** People. */
    @Ability(value = "See, add and disable people, and set their passwords", group = "Administration")
    public static final String PEOPLE = "admin:people";

    /** Tokens. */
    @Ability(value = "See and revoke everybody's tokens", group = "Administration")
    public static final String TOKENS = "admin:tokens";

    /** Sessions. */
    @Ability(value = "See and end everybody's sessions", group = "Administration")
    public static final String SESSIONS = "admin:sessions";

    /** Clients. */
    @Ability(value = "Register servers that ask about tokens", group = "Administration")
    public static final String CLIENTS = "admin:clients";

    /** The audit log. */
    @Ability(value = "Read the audit log", group = "Administration")
    public static final String AUDIT = "admin:audit";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private AdminApi() {}

    /**
     * A part of a longer list.
     *
     * @param data the part
     * @param next what to send to get the part behind it; absent if that is all
     */
    public record Page<T>(List<T> data, @Nullable Long next) {

        /** Of the rows that were read, those to answer, and a header {@code Link} if there are more. */
        public static <T> Page<T> of(
                Paging paging,
                List<T> read,
                ToLongFunction<T> number,
                HttpServletRequest request,
                HttpServletResponse response) {
            List<T> data = paging.page(read, number::applyAsLong, request, response);
            return new Page<>(List.copyOf(data), paging.next(read, number::applyAsLong));
        }
    }

    /** A time as everywhere in our JSON. */
    public static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : TIME.format(time);
    }
}
