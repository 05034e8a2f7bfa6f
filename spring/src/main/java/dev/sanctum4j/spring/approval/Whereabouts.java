package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Approvals;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the application's {@link Countries} knows, made harmless.
 *
 * <p>Thread-safe.
 */
final class Whereabouts {

    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

    private final Countries countries;

    Whereabouts(Countries countries) {
        this.countries = countries;
    }

    /** Two letters, or none: it is a help, and nothing fails for want of it. */
    @Nullable
    String country(String address) {
        try {
            return countries
                    .of(address)
                    .filter(code -> COUNTRY.matcher(code).matches())
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.warn("The country of an address could not be found out", e);
            return null;
        }
    }
}
