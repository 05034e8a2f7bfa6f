package dev.sanctum4j.spring.people;

import dev.sanctum4j.Characters;
import dev.sanctum4j.Owner;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The people whom providers have signed in, in the table {@code sanctum_people}; a bean where {@code sanctum.people} is on. A row is
 * made or renewed by each sign-in, and nothing else counts as having been there.
 *
 * <p>Thread-safe. Each method throws {@link DataAccessException} if the database could not answer.
 */
public final class People {

    static final String ROWS =
            "select id, issuer, subject, name, display_name, email, authorities, created_at, seen_at, disabled_at"
                    + " from sanctum_people ";

    private static final int MAX_TEXT = 255;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final String type;
    private final Consumer<Owner> invalidate;
    private final Consumer<Owner> signOut;

    /**
     * @param type the type of people as owners
     * @param invalidate told of each owner that was changed
     * @param signOut ends the sessions of an owner
     */
    People(DataSource dataSource, Clock clock, String type, Consumer<Owner> invalidate, Consumer<Owner> signOut) {
        this.jdbc = JdbcClient.create(dataSource);
        this.clock = clock;
        this.type = type;
        this.invalidate = invalidate;
        this.signOut = signOut;
    }

    /** The person with this id of ours. */
    public Optional<Person> find(String id) {
        return jdbc.sql(ROWS + "where id = ?").params(id).query(People::person).optional();
    }

    /** The person that a provider knows as this subject. */
    public Optional<Person> find(String issuer, String subject) {
        return jdbc.sql(ROWS + "where issuer = ? and subject = ?")
                .params(issuer, subject)
                .query(People::person)
                .optional();
    }

    /**
     * Lets a person in no more, until {@link #enable}: neither by the provider nor with a token. On this node from now on, elsewhere
     * within {@link dev.sanctum4j.cache.CacheState#maxStale}. Sessions that Spring Session finds by their owner end.
     *
     * @return whether this call changed something
     */
    public boolean disable(String id) {
        boolean changed = set(id, "disabled_at is null", now());
        signOut.accept(Owner.of(type, id)); // chains of the application's own ask nobody whose session it is
        return changed;
    }

    /**
     * Lets a person in again.
     *
     * @return whether this call changed something
     */
    public boolean enable(String id) {
        return set(id, "disabled_at is not null", null);
    }

    private boolean set(String id, String where, @Nullable LocalDateTime disabledAt) {
        boolean changed = jdbc.sql("update sanctum_people set disabled_at = ? where id = ? and " + where)
                        .params(Arrays.asList(disabledAt, id))
                        .update()
                == 1;
        invalidate.accept(Owner.of(type, id));
        return changed;
    }

    /** Writes down that a provider has just signed somebody in. */
    Person signedIn(SignedInPerson who) {
        Identity identity = who.identity();
        if (renew(who) == 0) {
            try {
                add(who);
            } catch (DataAccessException e) { // not every driver tells a duplicate from another failure
                if (find(identity.issuer(), identity.subject()).isEmpty()) {
                    throw e;
                }
                renew(who); // another browser of the same person was faster
            }
        }
        Person person = find(identity.issuer(), identity.subject()).orElseThrow();
        invalidate.accept(Owner.of(type, person.id()));
        return person;
    }

    private int renew(SignedInPerson who) {
        return jdbc.sql("""
                        update sanctum_people set name = ?, display_name = ?, email = ?, authorities = ?, seen_at = ?
                        where issuer = ? and subject = ?
                        """)
                .params(Arrays.asList(
                        kept(who.name()),
                        kept(who.displayName()),
                        kept(who.email()),
                        String.join("\n", who.authorities()),
                        now(),
                        who.identity().issuer(),
                        who.identity().subject()))
                .update();
    }

    private void add(SignedInPerson who) {
        LocalDateTime now = now();
        jdbc.sql("""
                        insert into sanctum_people
                            (name, display_name, email, authorities, seen_at, issuer, subject, id, created_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(Arrays.asList(
                        kept(who.name()),
                        kept(who.displayName()),
                        kept(who.email()),
                        String.join("\n", who.authorities()),
                        now,
                        who.identity().issuer(),
                        who.identity().subject(),
                        UUID.randomUUID().toString(),
                        now))
                .update();
    }

    /** Texts are shown, and tell nobody apart. */
    private static @Nullable String kept(@Nullable String text) {
        return text == null || !Characters.areStorable(text) ? null : Characters.cut(text, MAX_TEXT);
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    }

    private static Person person(ResultSet row, int number) throws SQLException {
        String subject = row.getString("subject");
        return new Person(
                row.getString("id"),
                row.getString("issuer"),
                subject,
                Objects.requireNonNullElse(row.getString("name"), subject),
                row.getString("display_name"),
                row.getString("email"),
                authorities(row.getString("authorities")),
                Objects.requireNonNull(time(row, "created_at")),
                Objects.requireNonNull(time(row, "seen_at")),
                time(row, "disabled_at"));
    }

    /** One to a line. */
    private static List<String> authorities(String lines) {
        return lines.isEmpty() ? List.of() : List.of(lines.split("\n", -1));
    }

    /** Read as text, which every driver gives alike. */
    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }
}
