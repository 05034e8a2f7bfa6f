package dev.sanctum4j.server.web;

import dev.sanctum4j.Owner;
import org.jspecify.annotations.Nullable;

/**
 * Something for the audit log that the starter knows nothing of; published as an application event. Who did it and from
 * where is added.
 *
 * @param event what happened, like {@code client_added}
 * @param owner whom it was about; absent if about nobody
 * @param detail what else there is to know; never a secret
 */
public record AuditEvent(
        String event, @Nullable Owner owner, @Nullable String detail) {

    /** Something that is about nobody in particular. */
    public static AuditEvent of(String event, String detail) {
        return new AuditEvent(event, null, detail);
    }
}
