package dev.sanctum4j.spring.approval;

import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Owner;
import dev.sanctum4j.spring.LoadedOwner;
import dev.sanctum4j.spring.Owners;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.TokenAuthentication;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.spa.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * Who asks and answers: people in a session, and never a token.
 *
 * <p>Thread-safe.
 */
final class People {

    private static final Pattern IGNORED = Pattern.compile("[\\p{C}\\p{Z}]+");

    private final Owners owners;
    private final SignIn signIn;
    private final @Nullable String administrators;

    /** @param administrators the authority of those who answer people; {@code null} if nobody does */
    People(Owners owners, SignIn signIn, @Nullable String administrators) {
        this.owners = owners;
        this.signIn = signIn;
        this.administrators = administrators;
    }

    /**
     * Whoever calls, and is signed in by the session of this request: a chain of the application's own may let in by anything else. 401 or
     * 403 if that is no person.
     */
    Owner require(@Nullable Authentication caller, HttpServletRequest request) {
        if (caller == null) { // a chain of the application's own lets anybody through to here
            throw new ProblemException(Problem.unauthenticated(false));
        }
        if (caller instanceof TokenAuthentication) {
            throw new ProblemException(Refusals.sessionRequired("Requests are answered by people, not by tokens."));
        }
        Owner person = owners.require(caller);
        if (!signIn.isInSession(request, person)) {
            throw new ProblemException(Refusals.sessionRequired("Requests are answered in a session."));
        }
        return person;
    }

    /** What changes when the password does, in a form that fits a column; {@code null} if there is none. 401 if they are not let in. */
    @Nullable
    String version(Owner person) {
        return LoadedOwner.versionOf(owners.loadNow(person)
                .orElseThrow(() -> new ProblemException(Problem.unauthenticated(false)))
                .credentialVersion());
    }

    /** The same; 403 if that is no administrator. */
    Owner requireAdministrator(@Nullable Authentication caller, HttpServletRequest request) {
        Owner person = require(caller, request);
        if (!isAdministrator(person)) {
            throw new ProblemException(Problem.forbidden());
        }
        return person;
    }

    /** Whether somebody is let in and an administrator, now and not at sign-in. */
    boolean isAdministrator(Owner owner) {
        return isAdministrator(owner, Instant.MAX);
    }

    /** The same of whoever it was at a moment. */
    boolean isAdministrator(Owner owner, Instant then) {
        return administrators != null
                && owners.loadNow(owner)
                        .filter(known -> !known.isYoungerThan(then))
                        .filter(known ->
                                known.authorities().stream().anyMatch(one -> administrators.equals(one.getAuthority())))
                        .isPresent();
    }

    /** The person of a request who asked; empty if they are not let in any more, or somebody else has the name by now. */
    Optional<LoadedOwner> whoAsked(ApprovalRequest request) {
        return Optional.ofNullable(request.asker())
                .flatMap(owners::loadNow)
                .filter(known -> !known.isYoungerThan(request.createdAt()));
    }

    /** Whether two owners may be one person: some directories let people in however they spell their name, and that is the owner then. */
    boolean areSame(Owner one, Owner other) {
        return areSame(one, names(one), other, names(other));
    }

    /** The same where their {@link #names} are known. */
    static boolean areSame(Owner one, Set<String> names, Owner other, Set<String> otherNames) {
        return one.type().equals(other.type()) && !Collections.disjoint(names, otherNames);
    }

    /** By what somebody is known, however it was spelt. */
    Set<String> names(Owner owner) {
        return owners.loadNow(owner).map(known -> names(owner, known)).orElseGet(() -> Set.of(plain(owner.id())));
    }

    static Set<String> names(Owner owner, LoadedOwner known) {
        return Stream.of(owner.id(), known.name()).map(People::plain).collect(Collectors.toSet());
    }

    private static String plain(String name) {
        return IGNORED.matcher(Normalizer.normalize(name, Normalizer.Form.NFKC))
                .replaceAll("")
                .toLowerCase(Locale.ROOT)
                .toUpperCase(Locale.ROOT);
    }
}
