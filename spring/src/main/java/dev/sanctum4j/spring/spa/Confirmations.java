package dev.sanctum4j.spring.spa;

import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.spa.Confirmation.Way;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.web.SecurityFilterChain;

/**
 * All ways in which people prove again that they are there: by a password, by what filters of Spring Security ask for, and by the beans
 * {@link Confirmation}.
 *
 * <p>Thread-safe.
 */
final class Confirmations {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

    /** What takes a person who is there; any other factor may be as old as a session at a provider. */
    private static final Set<String> PERSONAL = Set.of(
            FactorGrantedAuthority.PASSWORD_AUTHORITY,
            FactorGrantedAuthority.WEBAUTHN_AUTHORITY,
            FactorGrantedAuthority.OTT_AUTHORITY);

    private static final Way PASSWORD = new Way("password", null, "/user/confirm-password");

    /** Filters by their simple names, of which some are no dependency of ours, and the way that each is. */
    private static final Map<String, Way> FILTERS = Map.of(
            "WebAuthnAuthenticationFilter", new Way("passkey", null, "/login/webauthn"),
            "GenerateOneTimeTokenFilter", new Way("one-time-token", null, "/ott/generate"));

    /** By which way a factor is had; a password that is given again makes no sign-in. */
    private static final Map<String, String> METHODS = Map.of(
            FactorGrantedAuthority.WEBAUTHN_AUTHORITY, "passkey",
            FactorGrantedAuthority.OTT_AUTHORITY, "one-time-token",
            FactorGrantedAuthority.AUTHORIZATION_CODE_AUTHORITY, "provider");

    private final SpaProperties settings;
    private final Owners owners;
    private final boolean served;
    private final ObjectProvider<PasswordCheck> passwords;
    private final ObjectProvider<SecurityFilterChain> chains;
    private final ObjectProvider<Confirmation> more;

    /** @param served whether passwords are taken by our endpoints */
    Confirmations(
            SpaProperties settings,
            Owners owners,
            boolean served,
            ObjectProvider<PasswordCheck> passwords,
            ObjectProvider<SecurityFilterChain> chains,
            ObjectProvider<Confirmation> more) {
        this.settings = settings;
        this.owners = owners;
        this.served = served;
        this.passwords = passwords;
        this.chains = chains;
        this.more = more;
    }

    /** When a person last proved to be there, as the sign-in itself tells; what is later than {@code latest} tells nothing. */
    Optional<Instant> provenAt(Authentication caller, Instant latest) {
        Stream<Instant> factors = caller.getAuthorities().stream()
                .filter(FactorGrantedAuthority.class::isInstance)
                .map(FactorGrantedAuthority.class::cast)
                .filter(factor -> PERSONAL.contains(factor.getAuthority()))
                .map(FactorGrantedAuthority::getIssuedAt);
        Stream<Instant> others = more.stream().flatMap(one -> one.provenAt(caller).stream());
        return Stream.concat(factors, others).filter(at -> !at.isAfter(latest)).max(Comparator.naturalOrder());
    }

    /** 423, with the ways. */
    Problem required(HttpServletRequest request, Authentication caller) {
        List<Way> ways = ways(request, caller);
        return required(
                ways,
                ways.contains(at(request, PASSWORD))
                        ? "POST the password to /user/confirm-password first."
                        : "Prove first that it is you: 'confirm' lists the ways.");
    }

    /** The same for a session that lacks factors, which the application asks of everybody. */
    Problem required(HttpServletRequest request, Authentication caller, Set<String> factors) {
        Set<String> methods = new HashSet<>();
        factors.forEach(factor -> methods.add(METHODS.getOrDefault(factor, "")));
        List<Way> ways = ways(request, caller).stream()
                .filter(way -> methods.contains(way.method()))
                .toList();
        return required(ways, "This takes another proof that it is you: " + String.join(", ", factors) + ".");
    }

    private static Problem required(List<Way> ways, String detail) {
        List<Map<String, Object>> json = new ArrayList<>();
        for (Way way : ways) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("method", way.method());
            if (way.name() != null) {
                one.put("name", way.name());
            }
            one.put("href", way.href());
            json.add(one);
        }
        return Problem.ours(423, "confirmation-required", "Password confirmation required.", detail)
                .with("confirm", json);
    }

    private List<Way> ways(HttpServletRequest request, Authentication caller) {
        List<Way> all = new ArrayList<>();
        if (isByPassword() && hasPassword(caller)) {
            all.add(at(request, PASSWORD));
        }
        filters().map(way -> at(request, way)).forEach(all::add);
        more.orderedStream().forEach(one -> all.addAll(one.ways(request, caller)));
        return all;
    }

    private static Way at(HttpServletRequest request, Way way) {
        return new Way(way.method(), way.name(), request.getContextPath() + way.href());
    }

    private boolean isByPassword() {
        return served && passwords.getObject().isPossible();
    }

    /** Whoever signed in by one, or is known to have one: somebody of a provider may have none. */
    private boolean hasPassword(Authentication caller) {
        return caller instanceof UsernamePasswordAuthenticationToken
                || owners.of(caller)
                        .flatMap(owners::load)
                        .map(LoadedOwner::credentialVersion)
                        .isPresent();
    }

    private Stream<Way> filters() {
        return chains.stream()
                .flatMap(chain -> chain.getFilters().stream())
                .map(Filter::getClass)
                .map(Class::getSimpleName)
                .map(FILTERS::get)
                .filter(Objects::nonNull)
                .distinct();
    }

    /** Says at start that nobody can ever confirm, where that is asked for. */
    void check() {
        if (settings.confirmWithin() != null
                && !isByPassword()
                && filters().findAny().isEmpty()
                && more.stream().noneMatch(Confirmation::isPossible)) {
            LOG.warn(
                    "sanctum.spa.confirm-within is set, and nobody can confirm who they are: there is no password to check, no passkey,"
                            + " no one-time token and no OpenID provider. Whoever signed in longer ago than that gets 423 until they sign"
                            + " in again.");
        }
    }
}
