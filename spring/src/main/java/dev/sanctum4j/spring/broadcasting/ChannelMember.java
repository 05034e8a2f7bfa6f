package dev.sanctum4j.spring.broadcasting;

import java.util.Map;

/**
 * Somebody in a channel. The others of a presence channel see all of it.
 *
 * @param id who it is, the same on every device
 * @param info what the others may know, like a name; written as JSON
 */
public record ChannelMember(String id, Map<String, Object> info) {

    /** Checks and copies. */
    public ChannelMember {
        info = Map.copyOf(info);
    }

    /** One about whom the others know nothing else. */
    public static ChannelMember of(String id) {
        return new ChannelMember(id, Map.of());
    }
}
