package dev.sanctum4j.server.demo;

import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.spring.ChannelMember;
import dev.sanctum4j.spring.ChannelRule;
import dev.sanctum4j.spring.Sanctum;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Channels to try sockets on: one's own orders, and an office in which all see each other. */
@Component
class DemoChannels implements ChannelRule {

    private static final String ORDERS = "orders.";

    @Override
    public Optional<ChannelMember> join(Authentication caller, String channel) {
        if (!(caller.getPrincipal() instanceof AccountDetails account)) {
            return Optional.empty();
        }
        String id = Long.toString(account.id());
        boolean own = channel.equals(ORDERS + id) && Sanctum.can(DemoController.ORDERS_READ);
        return own || channel.equals("office")
                ? Optional.of(
                        new ChannelMember(id, Map.of("name", account.account().name())))
                : Optional.empty();
    }
}
