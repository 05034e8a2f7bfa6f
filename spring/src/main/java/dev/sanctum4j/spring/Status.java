package dev.sanctum4j.spring;

import java.util.Map;

/** A part of the endpoint {@code sanctum}: what a bean tells operators about itself. No secrets. */
interface Status {

    /** Under which name. */
    String name();

    /** How it is now, quickly. */
    Map<String, ?> details();
}
