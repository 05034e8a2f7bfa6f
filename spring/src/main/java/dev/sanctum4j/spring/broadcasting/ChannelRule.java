package dev.sanctum4j.spring.broadcasting;

import java.util.Optional;
import org.springframework.security.core.Authentication;

/**
 * The application's rule for who may join a private channel of a server that speaks Pusher's protocol; a bean.
 *
 * <p>Must be thread-safe.
 */
@FunctionalInterface
public interface ChannelRule {

    /**
     * Decides about one caller and one channel.
     *
     * @param caller who asks, by session or by token; ask {@link dev.sanctum4j.spring.Sanctum#can} for its abilities
     * @param channel the channel's name without {@code private-} or {@code presence-}, as clients write it
     * @return as whom the caller joins; empty if it may not
     */
    Optional<ChannelMember> join(Authentication caller, String channel);
}
