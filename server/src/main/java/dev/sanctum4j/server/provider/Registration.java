package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.OidcProperties;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;

/**
 * The provider, whose endpoints are asked for when the first person wants to sign in: a provider that is away keeps nobody out who comes by
 * other ways. It is asked by one thread at a time, and not again for some seconds after it did not answer.
 *
 * <p>Thread-safe.
 */
final class Registration implements ClientRegistrationRepository {

    static final String ID = "oidc";

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final OidcProperties settings;
    private final Clock clock;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable ClientRegistration known;
    private volatile Instant pausedUntil = Instant.EPOCH;

    Registration(OidcProperties settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @throws ProblemException 503 if the provider does not say where its endpoints are */
    @Override
    public @Nullable ClientRegistration findByRegistrationId(String id) {
        if (!id.equals(ID)) {
            return null;
        }
        ClientRegistration found = known;
        if (found != null) {
            return found;
        }
        if (clock.instant().isBefore(pausedUntil) || !asking.tryLock()) {
            throw away();
        }
        try {
            found = ClientRegistrations.fromOidcIssuerLocation(settings.issuer())
                    .registrationId(ID)
                    .clientName(settings.name())
                    .clientId(settings.clientId())
                    .clientSecret(settings.clientSecret())
                    .scope(settings.scopes())
                    .redirectUri("{baseUrl}/login/oauth2/code/{registrationId}")
                    .build();
            known = found;
            return found;
        } catch (RuntimeException e) { // whatever it answers, it is not what a provider answers
            LOG.warn("The provider {} cannot be asked: {}", settings.issuer(), e.getMessage());
            pausedUntil = clock.instant().plus(PAUSE);
            throw away();
        } finally {
            asking.unlock();
        }
    }

    private static ProblemException away() {
        return new ProblemException(Problem.unavailable("Nobody can sign in by the provider at the moment."));
    }
}
