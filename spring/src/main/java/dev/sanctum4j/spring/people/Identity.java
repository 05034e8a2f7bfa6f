package dev.sanctum4j.spring.people;

import dev.sanctum4j.Characters;

/**
 * Who somebody is, as a provider promises never to say of another.
 *
 * @param issuer the provider
 * @param subject the person there
 */
record Identity(String issuer, String subject) {

    private static final int MOST = 255;

    /** @throws IllegalArgumentException if a database could take it for another, or not hold it */
    Identity {
        check(issuer);
        check(subject);
    }

    /** Some databases compare without the blanks at the end. */
    private static void check(String part) {
        if (part.isEmpty()
                || Characters.count(part) > MOST
                || !Characters.areStorable(part)
                || !part.equals(part.strip())) {
            throw new IllegalArgumentException(
                    "an issuer and a subject have 1 to 255 characters and no blanks around them");
        }
    }
}
