package dev.sanctum4j.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is asked of callers, and what is served. The settings of tokens and their store are {@link dev.sanctum4j.spring.store.StoreProperties}; those of a
 * feature stand beside it.
 *
 * @param paths The paths that take tokens when the application defines no filter chain for them.
 * @param ownerType The owner type of accounts that a UserDetailsService knows.
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
        @DefaultValue AbilityList abilities,
        @DefaultValue Endpoints endpoints,
        @DefaultValue("false") boolean observations,
        @DefaultValue("false") boolean diagnosis) {

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
