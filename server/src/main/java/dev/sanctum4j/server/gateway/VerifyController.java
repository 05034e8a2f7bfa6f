package dev.sanctum4j.server.gateway;

import dev.sanctum4j.Owner;
import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.spring.Sanctum;
import dev.sanctum4j.spring.TokenAuthentication;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.WebUtils;

/** Says yes, and who it is. Whoever gets here is signed in. */
@RestController
class VerifyController {

    static final String SUBJECT = "X-Auth-Subject";
    static final String TOKEN_ID = "X-Auth-Token-Id";
    static final String ABILITIES = "X-Auth-Abilities";
    static final String ACTOR = "X-Auth-Actor";

    private final boolean tellsActors;

    VerifyController(GatewayProperties settings) {
        this.tellsActors = settings.actor();
    }

    @RequestMapping({Question.PATH, Question.PATH + "/**"})
    void verify(HttpServletRequest request, HttpServletResponse response, Authentication caller) {
        Question question = WebUtils.getNativeRequest(request, Question.class);
        if (question == null || question.refusal() != null) {
            throw new AccessDeniedException("nobody may"); // the filter knows why
        }
        Sanctum.require(question.abilities());
        String subject = "";
        String tokenId = "";
        String actor = "";
        if (caller instanceof TokenAuthentication token) {
            subject = text(token.token().owner());
            tokenId = token.token().id().toString();
            actor = token.token().actor() == null ? "" : ascii(token.token().actor());
        } else if (caller.getPrincipal() instanceof AccountDetails account) {
            subject = text(account.owner());
        }
        response.setHeader(SUBJECT, subject);
        response.setHeader(TOKEN_ID, tokenId);
        response.setHeader(ABILITIES, text(Sanctum.abilities(caller).names()));
        if (tellsActors) {
            response.setHeader(ACTOR, actor);
        }
        question.allow();
    }

    private static String text(Owner owner) {
        return ascii(owner.type()).replace(":", "%3A") + ":" + ascii(owner.id());
    }

    private static String text(List<String> abilities) {
        return abilities.stream().map(VerifyController::ascii).collect(Collectors.joining(" "));
    }

    /** Blanks, percent signs, control characters and whatever is not ASCII become percent signs and bytes of UTF-8. */
    private static String ascii(String text) {
        StringBuilder safe = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f && b != '%' && b != ',') {
                safe.append((char) b);
            } else {
                safe.append('%').append("%02X".formatted(b));
            }
        }
        return safe.toString();
    }
}
