package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.Owner;

/**
 * Decides which abilities an owner's tokens may have. Without a bean of this type, all: abilities only narrow what the
 * owner may do anyway.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface AbilityPolicy {

    /** The most that a token of {@code owner} may have; list {@code tokens:manage} by name to allow it. */
    Abilities permitted(Owner owner);
}
