package dev.sanctum4j.spring.sockets;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How STOMP clients sign in.
 *
 * @param path Where STOMP clients connect; no endpoint of ours unless set.
 * @param recheck How often the token or session of an open socket is looked at again.
 */
@ConfigurationProperties("sanctum.websocket")
public record WebSocketProperties(
        @DefaultValue("") String path, @DefaultValue("5s") Duration recheck) {}
