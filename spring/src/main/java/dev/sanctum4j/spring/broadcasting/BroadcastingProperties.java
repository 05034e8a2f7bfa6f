package dev.sanctum4j.spring.broadcasting;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How clients of Pusher's protocol join private channels, at /broadcasting/auth.
 *
 * @param key The key of the application at a socket server that speaks the protocol of Pusher; nothing is served unless set.
 * @param secret The secret that belongs to the key.
 */
@ConfigurationProperties("sanctum.broadcasting")
public record BroadcastingProperties(
        @DefaultValue("") String key, @DefaultValue("") String secret) {

    @Override
    public String toString() {
        return "BroadcastingProperties[key=" + key + ", secret=***]";
    }
}
