package dev.sanctum4j.spring;

import dev.sanctum4j.spring.Diagnosis.Reason;

/** A setting that cannot be used. */
class MisconfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    MisconfigurationException(String rule, String change) {
        super(rule + " " + change);
        this.reason = new Reason(rule, change);
    }

    Reason reason() {
        return reason;
    }
}
