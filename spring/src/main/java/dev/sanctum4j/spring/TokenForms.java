package dev.sanctum4j.spring;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which bearer tokens are ours, told by how they begin and before anything is looked up: {@code id|…}, and whatever begins with
 * a prefix of ours.
 *
 * <p>Immutable and thread-safe.
 */
final class TokenForms {

    private final List<String> prefixes;
    private final boolean bareSecrets;

    /**
     * @param prefix of new tokens; one without an underscore at its end tells nothing, for other words begin like it
     * @param former of tokens that were issued before, with or without the underscore
     * @param bareSecrets whether tokens of any other form may be ours
     */
    TokenForms(String prefix, List<String> former, boolean bareSecrets) {
        this.prefixes = Stream.concat(
                        Stream.of(prefix).filter(it -> it.endsWith("_")),
                        former.stream().filter(it -> !it.isBlank()).map(it -> it.endsWith("_") ? it : it + "_"))
                .distinct()
                .toList();
        this.bareSecrets = bareSecrets;
    }

    /** Whether a token is ours, good or bad. */
    boolean isOurs(String text) {
        return text.indexOf('|') >= 0 || prefixes.stream().anyMatch(text::startsWith);
    }

    /** Whether it is worth a look-up where nobody else takes bearer tokens. */
    boolean mayBeOurs(String text) {
        return bareSecrets || isOurs(text);
    }
}
