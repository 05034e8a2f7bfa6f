package dev.sanctum4j.spring.approval;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How programs ask people for a token.
 *
 * @param page Where people answer, which programs tell them: a page of the application with the element sanctum-approve, as a path below the
 *     context path or as a whole address.
 */
@ConfigurationProperties("sanctum.approval")
public record ApprovalProperties(@DefaultValue("/connect") String page) {}
