package dev.sanctum4j.spring;

/** A part of the endpoint {@code sanctum}: what a bean tells operators about itself. No secrets. */
interface Status {

    /** Under which name. */
    String name();

    /** How it is now, quickly. */
    Object details();
}
