package dev.sanctum4j.spring;

import dev.sanctum4j.Abilities;

/**
 * Abilities that are often given together, under a name, for people who make a token: a bean, and any number of them, shown in their
 * order. It is a help to choose and allows nothing: people see those of which a policy lets them have every ability, and may tick
 * others before they make the token.
 *
 * @param name what people read, such as "Read only"
 * @param abilities what is ticked
 */
public record AbilityPreset(String name, Abilities abilities) {

    /** @throws IllegalArgumentException if the name is blank, or there is no ability */
    public AbilityPreset {
        if (name.isBlank() || abilities.names().isEmpty()) {
            throw new IllegalArgumentException("A preset has a name and at least one ability");
        }
    }

    /**
     * A preset of these abilities.
     *
     * @throws IllegalArgumentException if the name is blank, there is no ability, or one is malformed
     */
    public static AbilityPreset of(String name, String... abilities) {
        return new AbilityPreset(name, Abilities.of(abilities));
    }
}
