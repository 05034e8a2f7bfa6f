package dev.sanctum4j.spring.spa;

import java.time.Duration;
import java.util.Optional;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Notes whoever signs in by a filter of Spring Security: at a provider, by a passkey, a one-time token or a form. Who comes back by a cookie
 * that remembers them, or is known by a certificate or to a proxy, has not signed in just now.
 */
final class BrowserSignIns {

    private final SignIn signIn;
    private final Optional<Duration> lifetime;

    /** @param lifetime of a session that may have ended early while it was nobody's; empty if none does */
    BrowserSignIns(SignIn signIn, Optional<Duration> lifetime) {
        this.signIn = signIn;
        this.lifetime = lifetime;
    }

    /** The session has its new id by now. */
    @EventListener
    @Order(0) // whoever else hears of it finds nothing of somebody else in the session
    void on(InteractiveAuthenticationSuccessEvent event) {
        Class<?> by = event.getGeneratedBy();
        if (RememberMeAuthenticationFilter.class.isAssignableFrom(by)
                || AbstractPreAuthenticatedProcessingFilter.class.isAssignableFrom(by)
                || !(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes now)
                || now.getResponse() == null
                || !PasswordCheck.isPerson(event.getAuthentication())) {
            return;
        }
        var session = Optional.ofNullable(now.getRequest().getSession(false));
        lifetime.ifPresent(lasting -> session.ifPresent(one -> one.setMaxInactiveInterval((int) lasting.toSeconds())));
        try {
            signIn.begin(now.getRequest(), now.getResponse(), event.getAuthentication());
        } catch (RuntimeException e) { // whom the filter has signed in by now
            session.ifPresent(one -> one.invalidate());
            throw e;
        }
    }
}
