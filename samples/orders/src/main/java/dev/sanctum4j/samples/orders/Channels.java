package dev.sanctum4j.samples.orders;

import dev.sanctum4j.spring.Sanctum;
import dev.sanctum4j.spring.broadcasting.ChannelMember;
import dev.sanctum4j.spring.broadcasting.ChannelRule;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Who may listen to what: everybody to their own orders, and all who are signed in to the office, where they see each other. */
@Component
class Channels implements ChannelRule {

    @Override
    public Optional<ChannelMember> join(Authentication caller, String channel) {
        boolean own = channel.equals("orders." + caller.getName()) && Sanctum.can(Orders.READ);
        return own || channel.equals("office")
                ? Optional.of(new ChannelMember(caller.getName(), Map.of("name", "Ada")))
                : Optional.empty();
    }
}
