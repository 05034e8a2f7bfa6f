package dev.sanctum4j.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What is asked of callers, and what is served. The settings of tokens and their store are {@link dev.sanctum4j.spring.store.StoreProperties}; those of a
 * feature stand beside it.
 *
 * @param paths The paths that take tokens when the application defines no filter chain for them.
 * @param ownerType The owner type of accounts that a UserDetailsService knows.
 * @param people Whether people whom an OAuth2 or OpenID Connect provider signs in are written down, each with an id of ours that owns
 *     their tokens; 'on' in an application without users of its own.
 * @param owners What is asked of owners whom a provider signs in.
 * @param abilities The catalogue of abilities.
 * @param endpoints Which of our own endpoints are served.
 * @param observations Whether each check of a token is an observation, which ends up in traces; meters are there without.
 * @param diagnosis Whether a refused request is told in a header which rule refused it and what to change; for development
 *     only.
 */
@ConfigurationProperties("sanctum")
public record SanctumProperties(
        @DefaultValue("/api/**") List<String> paths,
        @DefaultValue("user") String ownerType,
        @DefaultValue("false") boolean people,
        @DefaultValue OwnerSettings owners,
        @DefaultValue AbilityList abilities,
        @DefaultValue Endpoints endpoints,
        @DefaultValue("false") boolean observations,
        @DefaultValue("false") boolean diagnosis) {

    private static final Duration MONTH = Duration.ofDays(30);

    /** Within what time a provider must have signed an owner in; a month for the people that we write down, and null for any time. */
    @Nullable
    Duration seenWithin() {
        return owners.seenWithin() != null || !people ? owners.seenWithin() : MONTH;
    }

    /**
     * What is asked of owners whom a provider signs in.
     *
     * @param seenWithin How long tokens and sessions of somebody go on whom the provider has not signed in again; after that they wait for it.
     *     30d where sanctum.people is on, and for ever otherwise, unless set.
     * @param subjectClaim By which claim people of a registration are known, where it is not 'sub' (or what user-name-attribute names,
     *     without OpenID Connect): 'oid' for Entra. It must never change for a person, nor be given to another.
     */
    public record OwnerSettings(
            @Nullable Duration seenWithin, @DefaultValue Map<String, String> subjectClaim) {

        /** Refuses a time under which nobody could come in. */
        public OwnerSettings {
            if (seenWithin != null && (seenWithin.isZero() || seenWithin.isNegative())) {
                throw new InvalidConfigurationPropertyValueException(
                        "sanctum.owners.seen-within",
                        seenWithin,
                        "It is not positive: leave it unset for the default.");
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
     * Which of our own endpoints are served.
     *
     * @param tokens Whether /api/tokens is served, where callers manage their tokens.
     * @param passwordToken Whether /sanctum/token is served, which gives a token for a name and a password.
     * @param passwordTokenAbilities The abilities of such a token for which none are asked.
     * @param session Whether /login, /logout, /user/confirm-password and /api/sessions are served to first-party pages; unless set, where the
     *     application has no filter chain of its own.
     * @param approval Whether programs can ask people for a token, at /sanctum/device_authorization and /sanctum/device_token, and people answer at
     *     /api/approval.
     */
    public record Endpoints(
            @DefaultValue("false") boolean tokens,
            @DefaultValue("false") boolean passwordToken,
            @DefaultValue("*") List<String> passwordTokenAbilities,
            @Nullable Boolean session,
            @DefaultValue("false") boolean approval) {}
}
