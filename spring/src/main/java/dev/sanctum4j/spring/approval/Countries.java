package dev.sanctum4j.spring.approval;

import java.util.Optional;

/**
 * Knows in which country an address is: a bean of the application's, for whoever answers a program to see where it asked from.
 * Without one no country is shown.
 *
 * <p>Must be thread-safe, and quick: it is asked while somebody waits. What it throws is logged, and no country is shown then.
 */
@FunctionalInterface
public interface Countries {

    /** The two letters of ISO 3166 for the country of an address, IPv4 or IPv6; empty if that is unknown. */
    Optional<String> of(String address);
}
