package dev.sanctum4j.server.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.spa.SpaProperties;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is wrong with the settings and why the last requests were refused; for administrators. */
@RestController
class DoctorController {

    private final Diagnosis diagnosis;
    private final SpaProperties spa;

    DoctorController(Diagnosis diagnosis, SpaProperties spa) {
        this.diagnosis = diagnosis;
        this.spa = spa;
    }

    /** One request that was refused. */
    record Refusal(
            Instant at,
            int status,
            String method,
            String path,
            @JsonUnwrapped Diagnosis.Finding finding) {}

    /** What matters of the settings when a page is refused; the lifetime in seconds. */
    record Settings(
            List<String> stateful, String csrf, String cookie_domain, String cookie_same_site, long session_lifetime) {}

    /** All that is known. */
    record Report(boolean explaining, Settings settings, List<Diagnosis.Finding> findings, List<Refusal> refusals) {}

    @GetMapping("/api/doctor")
    Report report(Authentication caller) {
        if (!AuthorityAuthorizationManager.hasRole("ADMIN")
                .authorize(() -> caller, this)
                .isGranted()) {
            throw new AccessDeniedException("administrators only");
        }
        return new Report(
                diagnosis.enabled(),
                new Settings(
                        spa.stateful(),
                        spa.csrf().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        spa.cookie().domain(),
                        Objects.requireNonNullElse(spa.cookie().sameSite(), SpaProperties.SameSite.LAX)
                                .name()
                                .toLowerCase(Locale.ROOT),
                        spa.sessionLifetime().toSeconds()),
                diagnosis.findings(),
                diagnosis.refusals().stream()
                        .map(one -> new Refusal(one.at(), one.status(), one.method(), one.path(), one.finding()))
                        .toList());
    }
}
