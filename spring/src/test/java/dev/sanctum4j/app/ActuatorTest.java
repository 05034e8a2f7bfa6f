package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** What operators see. */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:actuator;DB_CLOSE_DELAY=-1",
            "management.endpoints.web.exposure.include=sanctum,health",
            "management.endpoint.health.show-components=always",
            "management.health.sanctum.enabled=true",
            "sanctum.observations=true"
        })
class ActuatorTest extends AppTest {

    @Autowired
    MeterRegistry meters;

    @Autowired
    ObservationRegistry observations;

    private double count(String meter, String... tags) {
        return meters.get(meter).tags(tags).functionCounter().count();
    }

    private double checks(String outcome, String reason) {
        return meters.get("sanctum.token.checks")
                .tags("outcome", outcome, "reason", reason)
                .functionTimer()
                .count();
    }

    private JsonNode actuator(String endpoint) {
        String basic = Base64.getEncoder()
                .encodeToString(("ada@example.test:" + App.PASSWORD).getBytes(StandardCharsets.UTF_8));
        Http.Answer answer = http.get("/actuator/" + endpoint, "Authorization: Basic " + basic);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void checksAreCountedAndTimedByOutcomeAndReason() {
        double accepted = checks("accepted", "none");
        double revoked = checks("rejected", "revoked");
        double failed = checks("failed", "none");
        var good = issue(ADA, "orders:read");
        var bad = issue(ADA, "orders:read");
        tokens.revoke(bad.token().id());

        http.get("/api/orders", bearer(good));
        http.get("/api/orders", bearer(good));
        http.get("/api/orders", bearer(bad));
        people.down = true;
        http.get("/api/orders", bearer(good));

        assertThat(checks("accepted", "none")).isEqualTo(accepted + 2);
        assertThat(checks("rejected", "revoked")).isEqualTo(revoked + 1);
        assertThat(checks("failed", "none")).isEqualTo(failed + 1);
        assertThat(meters.get("sanctum.token.checks")
                        .tags("outcome", "accepted")
                        .functionTimer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void eventsAreCounted() {
        double issued = count("sanctum.events", "event", "issued");
        double revoked = count("sanctum.events", "event", "revoked");
        double denied = count("sanctum.events", "event", "ability-denied");
        double signedIn = count("sanctum.events", "event", "signed-in");
        var token = issue(ADA);

        http.get("/api/orders", bearer(token));
        tokens.revoke(token.token().id());
        http.signIn("ada@example.test");

        assertThat(count("sanctum.events", "event", "issued")).isEqualTo(issued + 1);
        assertThat(count("sanctum.events", "event", "revoked")).isEqualTo(revoked + 1);
        assertThat(count("sanctum.events", "event", "ability-denied")).isEqualTo(denied + 1);
        assertThat(count("sanctum.events", "event", "signed-in")).isEqualTo(signedIn + 1);
    }

    @Test
    void labelsAreAFewWordsAndNeverATokensNumber() {
        http.get("/api/orders", bearer(issue(ADA, "orders:read")));

        List<Meter> ours = meters.getMeters().stream()
                .filter(meter -> List.of("sanctum.token.checks", "sanctum.events")
                        .contains(meter.getId().getName()))
                .toList();

        assertThat(ours).hasSize(23);
        assertThat(ours.stream()
                        .flatMap(meter -> meter.getId().getTags().stream())
                        .map(Tag::getValue))
                .allMatch(value -> value.matches("[a-z-]+"));
    }

    @Test
    void endpointShowsCountsAndNothingElse() {
        http.get("/api/orders", "Authorization: Bearer wrong");

        JsonNode status = actuator("sanctum");

        assertThat(status.get("checks").propertyNames())
                .containsExactly("accepted", "malformed", "unknown", "revoked", "expired", "owner", "failed");
        assertThat(status.get("events").propertyNames()).contains("issued", "revoked", "locked-out");
        assertThat(http.get("/actuator/sanctum").status()).isEqualTo(401);
    }

    @Test
    void healthIsThereWhenAskedFor() {
        assertThat(actuator("health")
                        .get("components")
                        .get("sanctum")
                        .get("status")
                        .asString())
                .isEqualTo("UP");
    }

    @Test
    void checkIsAnObservationWhenAskedFor() {
        List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
        observations.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                seen.add(context.getLowCardinalityKeyValues().stream()
                        .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue)));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return "sanctum.authentication".equals(context.getName());
            }
        });

        http.get("/api/orders", bearer(issue(ADA, "orders:read")));

        assertThat(seen).containsExactly(Map.of("outcome", "accepted", "reason", "none"));
    }
}
