package dev.sanctum4j.spring;

import dev.sanctum4j.spring.Diagnosis.Finding;

/** A setting that cannot be used. */
class MisconfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    MisconfigurationException(String rule, String change) {
        super(rule + " " + change);
        this.finding = new Finding(rule, change);
    }

    Finding finding() {
        return finding;
    }
}
