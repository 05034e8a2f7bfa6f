package dev.sanctum4j.spring.approval;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How programs ask people for a token.
 *
 * @param page Where people answer, which programs tell them: a page of the application with the element sanctum-approve, as a path below the
 *     context path or as a whole address.
 * @param issuer The origin that programs know the application by, such as 'https://shop.example.test': under it a document tells
 *     where to ask and to poll (RFC 8414). No document unless set. Leave it unset where clients of MCP find the same origin,
 *     which break on a document without a page to authorize on.
 * @param administrators The authority of those who answer people that ask for what 'sanctum.policy.on-request' holds back, such as
 *     'ROLE_ADMIN'. People cannot ask unless set.
 */
@ConfigurationProperties("sanctum.approval")
public record ApprovalProperties(
        @DefaultValue("/connect") String page,
        @Nullable String issuer,
        @Nullable String administrators) {

    private static final Pattern ORIGIN = Pattern.compile("https?://[^/?#\\s]+");

    /** Takes empty texts for none: a variable of the environment that is not set. */
    public ApprovalProperties {
        issuer = issuer == null || issuer.isBlank() ? null : issuer;
        administrators = administrators == null || administrators.isBlank() ? null : administrators;
        if (issuer != null && !ORIGIN.matcher(issuer).matches()) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.approval.issuer",
                    issuer,
                    "It is no origin. Write scheme, host and port only, such as https://shop.example.test.");
        }
    }
}
