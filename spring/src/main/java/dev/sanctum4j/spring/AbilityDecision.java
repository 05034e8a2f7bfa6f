package dev.sanctum4j.spring;

import java.util.List;
import org.springframework.security.authorization.AuthorizationDecision;

/** The answer to an ability check, which remembers what was missing. */
final class AbilityDecision extends AuthorizationDecision {

    private static final long serialVersionUID = 1L;

    private final transient List<String> missing;
    private final boolean any;

    AbilityDecision(boolean granted, List<String> missing, boolean any) {
        super(granted);
        this.missing = List.copyOf(missing);
        this.any = any;
    }

    /** What was missing. */
    List<String> missing() {
        return missing;
    }

    /** Whether one of them would have been enough. */
    boolean any() {
        return any;
    }
}
