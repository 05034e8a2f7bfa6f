package dev.sanctum4j.server.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the audit log keeps.
 *
 * @param keep How long entries are kept, in whole days.
 * @param refusalsPerDay How many entries about refusals a node writes in a day; those beyond are counted for each kind, and written once an hour.
 */
@ConfigurationProperties("sanctum.audit")
record AuditProperties(
        @DefaultValue("400d") Duration keep,
        @DefaultValue("10000") int refusalsPerDay) {

    AuditProperties {
        if (keep.toDays() < 1 || !keep.equals(Duration.ofDays(keep.toDays()))) {
            throw new IllegalArgumentException("sanctum.audit.keep must be one or more whole days, was " + keep);
        }
        if (refusalsPerDay < 1) {
            throw new IllegalArgumentException(
                    "sanctum.audit.refusals-per-day must be positive, was " + refusalsPerDay);
        }
    }
}
