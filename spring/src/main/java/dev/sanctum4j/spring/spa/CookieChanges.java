package dev.sanctum4j.spring.spa;

import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.Cookie;
import org.springframework.core.env.Environment;

/** What is set of the session cookie by {@code sanctum.spa.cookie.*} and not by {@code server.servlet.session.cookie.*}. */
record CookieChanges(
        Optional<String> name,
        Optional<String> domain,
        Optional<String> path,
        Optional<String> sameSite,
        Optional<Boolean> secure) {

    static CookieChanges of(SpaProperties properties, Environment environment) {
        Cookie own = own(environment);
        SpaProperties.Cookie ours = properties.cookie();
        return new CookieChanges(
                Optional.ofNullable(ours.sessionName()).filter(value -> own.getName() == null),
                Optional.of(ours.domain()).filter(value -> !value.isEmpty() && own.getDomain() == null),
                Optional.ofNullable(ours.path()).filter(value -> own.getPath() == null),
                Optional.ofNullable(ours.sameSite())
                        .map(SpaProperties.SameSite::attribute)
                        .filter(value -> own.getSameSite() == null),
                Optional.ofNullable(ours.secure()).filter(value -> own.getSecure() == null));
    }

    /** What the application says itself. */
    static Cookie own(Environment environment) {
        return Binder.get(environment).bindOrCreate("server.servlet.session.cookie", Cookie.class);
    }
}
