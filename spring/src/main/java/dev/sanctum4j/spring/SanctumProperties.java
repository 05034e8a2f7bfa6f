package dev.sanctum4j.spring;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * The settings of Sanctum4j.
 *
 * @param paths The paths that take tokens when the application defines no filter chain for them.
 * @param ownerType The owner type of accounts that a UserDetailsService knows.
 * @param token How tokens look and how long they live.
 * @param lastUsed How the time of the last use is kept.
 * @param jdbc Where tokens are stored.
 * @param cache What is answered from memory.
 * @param policy Limits on tokens.
 * @param abilities The catalogue of abilities.
 * @param prune How tokens that are over are deleted.
 * @param endpoints Which of our own endpoints are served.
 * @param spa How first-party pages sign in.
 * @param broadcasting How clients of Pusher's protocol join private channels.
 * @param websocket How STOMP clients sign in.
 * @param observations Whether each check of a token is an observation, which ends up in traces; meters are there without.
 * @param diagnosis Whether a refused request is told in a header which rule refused it and what to change; for development
 *     only.
 */
@ConfigurationProperties("sanctum")
public record SanctumProperties(
        @DefaultValue("/api/**") List<String> paths,
        @DefaultValue("user") String ownerType,
        @DefaultValue Token token,
        @DefaultValue LastUsed lastUsed,
        @DefaultValue Jdbc jdbc,
        @DefaultValue Cache cache,
        @DefaultValue Policy policy,
        @DefaultValue AbilityList abilities,
        @DefaultValue Prune prune,
        @DefaultValue Endpoints endpoints,
        @DefaultValue Spa spa,
        @DefaultValue Broadcasting broadcasting,
        @DefaultValue Websocket websocket,
        @DefaultValue("false") boolean observations,
        @DefaultValue("false") boolean diagnosis) {

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
     * @param maxAge The age at which every token is refused, whatever its own expiry; unlimited unless set. New
     *     tokens get no expiry that is later.
     * @param narrowedCarriesAuthorities Whether tokens with fewer abilities than '*' carry their owner's authorities.
     */
    public record Token(
            @DefaultValue("standard") Format format,
            @Nullable String prefix,
            @Nullable Duration maxAge,
            @DefaultValue("false") boolean narrowedCarriesAuthorities) {}

    /**
     * How the time of the last use is kept.
     *
     * @param enabled Whether the time of the last use is kept at all.
     * @param resolution How exact the time of the last use is.
     * @param flushInterval How often last uses are written, in one batch.
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
     * @param ownerTypes What the table calls the types of owners that have another name there: user is App\Models\User to a
     *     Laravel application.
     * @param initializeSchema When to create the table: in embedded databases, always, or never.
     */
    public record Jdbc(
            @DefaultValue("personal_access_tokens") String table,
            @DefaultValue("UTC") ZoneId timeZone,
            @DefaultValue Map<String, String> ownerTypes,
            @DefaultValue("embedded") DatabaseInitializationMode initializeSchema) {}

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
     * @param listenUrl The JDBC URL at which PostgreSQL can be listened to, where a pooler stands before it; that of the data
     *     source unless set.
     */
    public record Cache(
            @DefaultValue("auto") CacheMode mode,
            @DefaultValue("50000") int maxEntries,
            @Nullable Duration maxStale,
            @DefaultValue("1s") Duration pollInterval,
            @Nullable String listenUrl) {}

    /**
     * Limits on tokens.
     *
     * @param defaultLifetime How long a token lives for which nothing was asked; as long as it may unless set.
     * @param maxLifetime The longest lifetime that can be asked for; unlimited unless set.
     * @param idleExpiry After how long without use a token is refused; never unless set. At least five minutes.
     * @param maxTokens How many valid tokens an owner may have; unlimited unless set.
     * @param abilities The most that a token may have; 'tokens:manage' has to be listed by name.
     */
    public record Policy(
            @Nullable Duration defaultLifetime,
            @Nullable Duration maxLifetime,
            @Nullable Duration idleExpiry,
            @Nullable Integer maxTokens,
            @DefaultValue({"*", "tokens:manage"}) List<String> abilities) {

        private static final Duration SHORTEST_IDLE = Duration.ofMinutes(5);

        /** Refuses limits under which no token could be used. */
        public Policy {
            positive("default-lifetime", defaultLifetime);
            positive("max-lifetime", maxLifetime);
            if (idleExpiry != null && idleExpiry.compareTo(SHORTEST_IDLE) < 0) {
                throw new MisconfigurationException(
                        "sanctum.policy.idle-expiry is less than five minutes.",
                        "Set it higher: the last use is written late, so tokens in use would be refused.");
            }
            if (maxTokens != null && maxTokens < 1) {
                throw new MisconfigurationException(
                        "sanctum.policy.max-tokens is less than one.", "Set it to one at least, or leave it unset.");
            }
        }

        private static void positive(String name, @Nullable Duration value) {
            if (value != null && (value.isZero() || value.isNegative())) {
                throw new MisconfigurationException(
                        "sanctum.policy." + name + " is not positive.", "Set a duration like 90d, or leave it unset.");
            }
        }
    }

    /**
     * The catalogue of abilities.
     *
     * @param closed Whether tokens can have only abilities that are described or asked for.
     * @param described Abilities and what they let a token do, beside those that constants describe.
     */
    public record AbilityList(
            @DefaultValue("false") boolean closed,
            @DefaultValue List<Described> described) {}

    /**
     * An ability.
     *
     * @param name Its name.
     * @param description What it lets a token do, in a few words.
     * @param group Under which heading it is shown.
     */
    public record Described(
            String name,
            @DefaultValue("") String description,
            @DefaultValue("") String group) {}

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

    /**
     * Which of our own endpoints are served.
     *
     * @param tokens Whether /api/tokens is served, where callers manage their tokens.
     * @param passwordToken Whether /sanctum/token is served, which gives a token for a name and a password.
     * @param passwordTokenAbilities The abilities of such a token for which none are asked.
     * @param session Whether /sanctum/csrf-cookie, /login and /logout are served.
     */
    public record Endpoints(
            @DefaultValue("false") boolean tokens,
            @DefaultValue("false") boolean passwordToken,
            @DefaultValue("*") List<String> passwordTokenAbilities,
            @DefaultValue("true") boolean session) {}

    /** How a first-party page proves that an unsafe request is its own. */
    public enum Csrf {
        /** By a token that belongs to the session, as clients of Sanctum send it. */
        TOKEN,
        /** By what browsers say of a request themselves: Origin and Sec-Fetch-Site. */
        FETCH_METADATA
    }

    /** The SameSite attribute of a cookie. */
    public enum SameSite {
        /** Sent from pages of the same site, and on navigation from others. */
        LAX,
        /** Sent from pages of the same site only. */
        STRICT,
        /** Sent from everywhere; browsers want it Secure. */
        NONE;

        String attribute() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How first-party pages sign in.
     *
     * @param stateful The hosts whose pages may use the session cookie, like app.example.com, localhost:3000,
     *     *.example.com, or self for the host of the request; none unless set.
     * @param csrf How pages prove that an unsafe request is their own.
     * @param cookie The cookies of such pages.
     * @param sessionLifetime How long an unused session lives.
     * @param rememberLifetime How long an unused session lives of those who asked to be remembered.
     * @param confirmWithin How long a password counts as confirmed for creating tokens, ending sessions and the like;
     *     never asked for again unless set.
     */
    public record Spa(
            @DefaultValue List<String> stateful,
            @DefaultValue("token") Csrf csrf,
            @DefaultValue Cookie cookie,
            @DefaultValue("2h") Duration sessionLifetime,
            @DefaultValue("30d") Duration rememberLifetime,
            @Nullable Duration confirmWithin) {

        /** Forgets entries that are blank, as a variable leaves them that is not set. */
        public Spa {
            stateful = stateful.stream().filter(entry -> !entry.isBlank()).toList();
        }
    }

    /**
     * The session cookie and the one that tells pages their CSRF token.
     *
     * @param sessionName The name of the session cookie; with '__Host-' before it where it is Secure and has no domain.
     * @param csrfName The name of the cookie that tells pages their CSRF token.
     * @param domain The domain of both cookies, like example.com, where page and API are on different hosts below it; this host
     *     only unless set.
     * @param path The path of both cookies.
     * @param sameSite The SameSite attribute of both cookies.
     * @param secure Whether both cookies are Secure; as the request is, unless set.
     */
    public record Cookie(
            @DefaultValue("sanctum_session") String sessionName,
            @DefaultValue("XSRF-TOKEN") String csrfName,
            @DefaultValue("") String domain,
            @DefaultValue("/") String path,
            @DefaultValue("lax") SameSite sameSite,
            @Nullable Boolean secure) {}

    /**
     * How clients of Pusher's protocol join private channels, at /broadcasting/auth.
     *
     * @param key The key of the application at a socket server that speaks the protocol of Pusher; nothing is served unless set.
     * @param secret The secret that belongs to the key.
     */
    public record Broadcasting(
            @DefaultValue("") String key, @DefaultValue("") String secret) {

        @Override
        public String toString() {
            return "Broadcasting[key=" + key + ", secret=***]";
        }
    }

    /**
     * How STOMP clients sign in.
     *
     * @param path Where STOMP clients connect; no endpoint of ours unless set.
     * @param recheck How often the token or session of an open socket is looked at again.
     */
    public record Websocket(
            @DefaultValue("") String path,
            @DefaultValue("5s") Duration recheck) {}
}
