package dev.sanctum4j.spring.broadcasting;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import dev.sanctum4j.spring.http.WireJson;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets clients of Pusher's protocol, Laravel Echo among them, into private and presence channels: signs what the socket
 * server then checks. The same two ways in as everywhere, a session or a token.
 */
@RestController
class BroadcastingController {

    static final String PATH = "/broadcasting/auth";

    /** Neither may hold a colon, which separates them in what is signed. */
    private static final Pattern SOCKET = Pattern.compile("[0-9]{1,20}\\.[0-9]{1,20}");

    private static final Pattern CHANNEL = Pattern.compile("(private|presence)-([A-Za-z0-9_=@,.;-]{1,150})");
    private static final int MAX_NAME = 164;

    private final ChannelRule rule;
    private final BroadcastingProperties settings;

    BroadcastingController(ChannelRule rule, BroadcastingProperties settings) {
        this.rule = rule;
        this.settings = settings;
    }

    @PostMapping(
            path = {PATH, "/api" + PATH},
            produces = MediaType.APPLICATION_JSON_VALUE)
    WireJson<Map<String, String>> join(@Nullable Authentication caller, HttpServletRequest request) throws IOException {
        if (caller == null || caller instanceof AnonymousAuthenticationToken) {
            throw new ProblemException(Problem.unauthenticated(false));
        }
        RequestFields fields = RequestFields.read(request, Set.of("socket_id", "channel_name", "_token"));
        String socket = fields.required("socket_id", MAX_NAME);
        String name = fields.required("channel_name", MAX_NAME);
        Matcher channel = CHANNEL.matcher(name);
        if (!socket.isEmpty() && !SOCKET.matcher(socket).matches()) {
            fields.error("socket_id", "invalid", "The socket id is invalid.");
        }
        if (!name.isEmpty() && !channel.matches()) {
            fields.error("channel_name", "invalid", "The channel must be a private or presence channel.");
        }
        fields.check();
        ChannelMember member = rule.join(caller, channel.group(2))
                .orElseThrow(() -> new ProblemException(Problem.forbidden("You may not join this channel.")));
        Map<String, String> answer = new LinkedHashMap<>();
        String signed = socket + ":" + name;
        if (channel.group(1).equals("presence")) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("user_id", member.id());
            data.put("user_info", member.info());
            String text = WireJson.text(data);
            answer.put("channel_data", text);
            signed += ":" + text;
        }
        answer.put("auth", settings.key() + ":" + signature(signed));
        return WireJson.of(answer);
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(settings.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
