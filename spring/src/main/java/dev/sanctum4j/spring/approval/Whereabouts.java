package dev.sanctum4j.spring.approval;

import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.spring.spa.Network;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be told of where somebody is: what addresses tell, and what the application's {@link Countries} knows, made harmless.
 *
 * <p>Thread-safe.
 */
final class Whereabouts {

    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    /** What a proxy adds, and whoever trusts it takes away. */
    private static final List<String> FORWARDED = List.of("X-Forwarded-For", "Forwarded");

    private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

    private final Countries countries;

    Whereabouts(Countries countries) {
        this.countries = countries;
    }

    /**
     * Whether a program certainly asked from another network than somebody answers from. Nothing reassures: behind a proxy that nobody has told us
     * of, everybody comes from one address.
     */
    static boolean areElsewhere(ApprovalRequest asked, HttpServletRequest request) {
        String here = request.getRemoteAddr();
        return !asked.network().equals(Network.of(here))
                && (Network.isPublic(asked.address()) || Network.isPublic(here))
                && FORWARDED.stream().noneMatch(header -> request.getHeader(header) != null);
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
