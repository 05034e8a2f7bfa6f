package dev.sanctum4j.spring.store;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenPolicy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * How tokens look, where they are kept, and for how long.
 *
 * @param token How tokens look and how long they live.
 * @param lastUsed How the time of the last use is kept.
 * @param jdbc Where tokens are stored.
 * @param cache What is answered from memory.
 * @param policy Limits on tokens.
 * @param prune How tokens that are over are deleted.
 * @param housekeeping Whether a thread of ours deletes what is over, sessions and audit entries of the server as well; 'off' where a
 *     scheduler of yours, ShedLock or db-scheduler, has it done.
 */
@ConfigurationProperties("sanctum")
public record StoreProperties(
        @DefaultValue Token token,
        @DefaultValue LastUsed lastUsed,
        @DefaultValue Jdbc jdbc,
        @DefaultValue Cache cache,
        @DefaultValue Policy policy,
        @DefaultValue Prune prune,
        @DefaultValue("true") boolean housekeeping) {

    /** The form in which tokens are issued. */
    public enum Format {
        /** {@code pat_…}, with a checksum over all of it. */
        STANDARD,
        /** {@code id|…}, as Laravel issues them. */
        LARAVEL
    }

    /**
     * How tokens look and how long they live.
     *
     * @param format The form in which tokens are issued; every form is accepted.
     * @param prefix What tokens begin with, so that scanners find them; 'pat' unless set, and nothing in Laravel's form.
     * @param formerPrefixes What tokens of ours began with at other times, so that they are told from those of a resource
     *     server by their form, and typing errors in them are refused unasked. Empty where secrets of the application's own making begin with 'pat_'.
     * @param bareSecrets Whether a bearer token without any prefix of ours may be one, as a Laravel application issues them; never in a
     *     filter chain that is a resource server.
     * @param maxAge The age at which every token is refused, whatever its own expiry; unlimited unless set. New
     *     tokens get no expiry that is later.
     * @param narrowedCarriesAuthorities Whether tokens with fewer abilities than '*' carry their owner's authorities.
     */
    public record Token(
            @DefaultValue("standard") Format format,
            @Nullable String prefix,
            @DefaultValue("pat") List<String> formerPrefixes,
            @DefaultValue("true") boolean bareSecrets,
            @Nullable Duration maxAge,
            @DefaultValue("false") boolean narrowedCarriesAuthorities) {}

    /**
     * How the time of the last use is kept.
     *
     * @param enabled Whether the time of the last use is kept at all.
     * @param resolution How exact the time of the last use is.
     * @param flushInterval How often last uses are written, in one batch; the first of a token does not wait for it.
     */
    public record LastUsed(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1m") Duration resolution,
            @DefaultValue("10s") Duration flushInterval) {}

    /**
     * Where tokens are stored.
     *
     * @param table The table, with its schema if need be.
     * @param timeZone The zone in which a Laravel application wrote the times of the table.
     * @param sessionTimeZone What the option 'timezone' of a Laravel's connection says, where MySQL or MariaDB has columns of the
     *     type timestamp, which it converts in the zone of each session; that of our connections unless set.
     * @param ownerTypes What the table calls the types of owners that have another name there: user is App\Models\User to a
     *     Laravel application.
     * @param initializeSchema When to create the table: in embedded databases, always, or never; unless set, in embedded
     *     databases that neither Flyway nor Liquibase migrates.
     * @param directUrl The JDBC URL of the database itself, where a pooler stands before it: it is listened to there, and the server
     *     makes its tables there; that of the data source unless set.
     */
    public record Jdbc(
            @DefaultValue("personal_access_tokens") String table,
            @DefaultValue("UTC") ZoneId timeZone,
            @Nullable ZoneId sessionTimeZone,
            @DefaultValue Map<String, String> ownerTypes,
            @Nullable DatabaseInitializationMode initializeSchema,
            @Nullable String directUrl) {

        /** Takes an empty text for none: a variable of the environment that is not set. */
        public Jdbc {
            directUrl = directUrl == null || directUrl.isBlank() ? null : directUrl;
        }

        /** Without a URL, which may have a password. */
        @Override
        public String toString() {
            return "Jdbc[table=" + table + ", timeZone=" + timeZone + ", sessionTimeZone=" + sessionTimeZone
                    + ", ownerTypes=" + ownerTypes + ", initializeSchema=" + initializeSchema + "]";
        }
    }

    /** Whether tokens and owners are kept in memory. */
    public enum CacheMode {
        /** On PostgreSQL they are; elsewhere they are read every time. */
        AUTO,
        /** They are, whatever the database. */
        ON,
        /** They are read every time. */
        STRICT
    }

    /**
     * What is answered from memory.
     *
     * @param mode Whether tokens and owners are kept in memory.
     * @param maxEntries How many tokens, and how many owners.
     * @param maxStale For how long a change elsewhere may be overlooked; unless set 30s while a feed tells of all changes of
     *     tokens, and 3s otherwise and for owners.
     * @param pollInterval How often the table is asked for changes, where PostgreSQL does not tell of them at once; after
     *     three times as long without an answer nothing is answered from memory.
     */
    public record Cache(
            @DefaultValue("auto") CacheMode mode,
            @DefaultValue("50000") int maxEntries,
            @Nullable Duration maxStale,
            @DefaultValue("1s") Duration pollInterval) {}

    /**
     * Limits on tokens: the same for every owner, and the most that a {@link TokenPolicy} of the application's can allow.
     *
     * @param defaultLifetime How long a token lives for which nothing was asked; as long as it may unless set.
     * @param maxLifetime The longest lifetime that can be asked for; unlimited unless set.
     * @param delegatedLifetime The longest lifetime of tokens that another issues by 'tokens:delegate', for one run of a program.
     * @param idleExpiry After how long without use a token is refused; never unless set. At least five minutes.
     * @param maxTokens How many valid tokens an owner may have; unlimited unless set.
     * @param abilities The most that a token may have; what begins with 'tokens:' has to be listed by name.
     * @param onRequest What a token gets of that only after an administrator has said yes, by name; a token with all abilities,
     *     which would have it, is refused then.
     */
    public record Policy(
            @Nullable Duration defaultLifetime,
            @Nullable Duration maxLifetime,
            @DefaultValue("12h") Duration delegatedLifetime,
            @Nullable Duration idleExpiry,
            @Nullable Integer maxTokens,

            @DefaultValue({"*", "tokens:manage", "tokens:delegate"})
            List<String> abilities,

            @DefaultValue List<String> onRequest)
            implements TokenPolicy {

        private static final Duration SHORTEST_IDLE = Duration.ofMinutes(5);

        /** Refuses limits under which no token could be used. */
        public Policy {
            positive("default-lifetime", defaultLifetime);
            positive("max-lifetime", maxLifetime);
            positive("delegated-lifetime", delegatedLifetime);
            if (idleExpiry != null && idleExpiry.compareTo(SHORTEST_IDLE) < 0) {
                throw new InvalidConfigurationPropertyValueException(
                        "sanctum.policy.idle-expiry",
                        idleExpiry,
                        "It is less than five minutes: the last use is written late, so tokens in use would be refused.");
            }
            for (String ability : onRequest) {
                if (ability.equals("*") || ability.startsWith("tokens:")) {
                    throw new InvalidConfigurationPropertyValueException(
                            "sanctum.policy.on-request",
                            ability,
                            "Nobody can be asked for '*', nor for what begins with 'tokens:': leave it out of sanctum.policy.abilities instead.");
                }
            }
            if (maxTokens != null && maxTokens < 1) {
                throw new InvalidConfigurationPropertyValueException(
                        "sanctum.policy.max-tokens", maxTokens, "It is less than one: leave it unset for no limit.");
            }
        }

        @Override
        public @Nullable Duration defaultLifetime(Owner owner) {
            return defaultLifetime;
        }

        @Override
        public @Nullable Duration maxLifetime(Owner owner) {
            return maxLifetime;
        }

        @Override
        public Duration delegatedLifetime(Owner owner) {
            return delegatedLifetime;
        }

        @Override
        public @Nullable Duration idleExpiry(Owner owner) {
            return idleExpiry;
        }

        @Override
        public int maxTokens(Owner owner) {
            return maxTokens == null ? Integer.MAX_VALUE : maxTokens;
        }

        @Override
        public Abilities permitted(Owner owner) {
            return Abilities.of(abilities);
        }

        @Override
        public Abilities onRequest(Owner owner) {
            return Abilities.of(onRequest);
        }

        private static void positive(String name, @Nullable Duration value) {
            if (value != null && (value.isZero() || value.isNegative())) {
                throw new InvalidConfigurationPropertyValueException(
                        "sanctum.policy." + name, value, "It is not positive: leave it unset for no limit.");
            }
        }
    }

    /**
     * How tokens that are over are deleted: expired, revoked, or beyond the maximum age.
     *
     * @param enabled Whether tokens that are over are deleted.
     * @param after How long tokens are kept that are over.
     * @param every How often tokens that are over are looked for, on every node at another moment.
     */
    public record Prune(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("30d") Duration after,
            @DefaultValue("1h") Duration every) {}
}
