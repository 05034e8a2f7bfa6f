package dev.sanctum4j.spring.approval;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.AccessToken;
import dev.sanctum4j.ApprovalLimitException;
import dev.sanctum4j.ApprovalRequest;
import dev.sanctum4j.Approvals;
import dev.sanctum4j.Approvals.Polled;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.NewApproval;
import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.spa.Network;
import dev.sanctum4j.spring.store.Events;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where programs ask and poll (RFC 8628). Neither reads nor makes a session. Writes its answers itself: a converter would log them.
 */
@RestController
class DeviceController {

    static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    private final Approvals approvals;
    private final AskedAbilities abilities;
    private final Claims claims;
    private final Addresses addresses;
    private final Events events;

    DeviceController(Approvals approvals, AskedAbilities abilities, Claims claims, Addresses addresses, Events events) {
        this.approvals = approvals;
        this.abilities = abilities;
        this.claims = claims;
        this.addresses = addresses;
        this.events = events;
    }

    @PostMapping(Addresses.AUTHORIZATION)
    void ask(HttpServletRequest request, HttpServletResponse response) throws IOException {
        answer(request, response, () -> asked(request));
    }

    private Map<String, Object> asked(HttpServletRequest request) {
        DeviceForm sent = DeviceForm.of(request);
        String network = Network.of(request.getRemoteAddr());
        NewApproval made = ask(new Approvals.Asking(
                sent.value("client_id"),
                sent.value("client_name"),
                scope(sent.value("scope")),
                lifetime(sent.value("lifetime")),
                request.getRemoteAddr(),
                network,
                Network.around(network)));
        ApprovalRequest asked = made.request();
        events.publish(new AccessEvent.ApprovalAsked(asked));
        String page = addresses.page(request);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("device_code", made.revealDeviceCode());
        json.put("user_code", made.revealUserCode());
        json.put("verification_uri", page);
        json.put(
                "verification_uri_complete", page + (page.contains("?") ? "&" : "?") + "code=" + made.revealUserCode());
        json.put("expires_in", Approvals.OPEN_FOR.toSeconds());
        json.put("interval", asked.interval().toSeconds());
        return json;
    }

    private NewApproval ask(Approvals.Asking asking) {
        try {
            return approvals.ask(asking, abilities.known());
        } catch (ApprovalLimitException e) {
            throw new ProblemException(Problem.tooMany(e.after()));
        } catch (InvalidTokenRequestException e) {
            String description = String.valueOf(e.getMessage());
            throw e.field().equals("scope")
                    ? new DeviceError("invalid_scope", description)
                    : DeviceError.invalidRequest(description);
        }
    }

    private static Abilities scope(String scope) {
        List<String> names = Arrays.stream(scope.split(" ", -1))
                .filter(name -> !name.isEmpty())
                .toList();
        return Abilities.of(names);
    }

    private static @Nullable Duration lifetime(String seconds) {
        if (seconds.isEmpty()) {
            return null;
        }
        if (!seconds.matches("[0-9]{1,9}")) {
            throw DeviceError.invalidRequest("Send the lifetime in seconds.");
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    @PostMapping(Addresses.TOKEN)
    void poll(HttpServletRequest request, HttpServletResponse response) throws IOException {
        answer(request, response, () -> polled(request));
    }

    private Map<String, Object> polled(HttpServletRequest request) {
        DeviceForm sent = DeviceForm.of(request);
        String grant = sent.value("grant_type");
        if (grant.isEmpty()) {
            throw DeviceError.invalidRequest("Send the grant_type.");
        }
        if (!grant.equals(GRANT)) {
            throw new DeviceError("unsupported_grant_type", "There is only " + GRANT + " here.");
        }
        String code = sent.value("device_code");
        String client = sent.value("client_id");
        if (code.isEmpty() || client.isEmpty()) {
            throw DeviceError.invalidRequest("Send the device_code and the client_id.");
        }
        Polled polled = approvals.poll(code, client);
        if (!(polled instanceof Polled.Allowed allowed)) {
            throw DeviceError.of(((Polled.Waiting) polled).reason());
        }
        Claims.Claimed claimed = claims.claim(allowed.request());
        events.publish(new AccessEvent.ApprovalClaimed(
                claimed.request(), claimed.made().token()));
        AccessToken token = claimed.made().token();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("access_token", claimed.made().plainText().reveal());
        json.put("token_type", "Bearer");
        json.put("expires_in", claimed.lifetime().toSeconds());
        json.put("scope", String.join(" ", token.abilities().names()));
        return json;
    }

    /** A form of another site would ask from the network of whoever opens that site; of a browser, pages come with these headers only. */
    private static void requireProgram(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (request.getHeader(HttpHeaders.ORIGIN) != null || site != null && !site.equals("none")) {
            throw DeviceError.invalidRequest("Programs ask here, and no pages in a browser.");
        }
    }

    /** Errors are answered here: those of our routes are problems otherwise. */
    private static void answer(
            HttpServletRequest request, HttpServletResponse response, Supplier<Map<String, Object>> answer)
            throws IOException {
        Map<String, Object> json;
        HttpStatus status = HttpStatus.OK;
        try {
            requireProgram(request);
            json = answer.get();
        } catch (DeviceError e) {
            json = new LinkedHashMap<>();
            json.put("error", e.code());
            json.put("error_description", e.getMessage());
            status = HttpStatus.BAD_REQUEST;
        }
        response.setStatus(status.value());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        WireJson.write(response, MediaType.APPLICATION_JSON_VALUE, json);
    }
}
