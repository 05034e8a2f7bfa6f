package dev.sanctum4j.samples.mcp;

import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.Sanctum;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.stereotype.Component;

// tag::order-tools
/** What an agent may do, each as far as its token says. */
@Component
class OrderTools {

    private final Map<String, List<String>> orders = new ConcurrentHashMap<>();

    @McpTool(name = "orders_list", description = "Lists your orders.")
    @RequiresAbility(Shop.READ)
    List<String> list() {
        return mine();
    }

    @McpTool(name = "orders_place", description = "Orders something.")
    @RequiresAbility(Shop.PLACE)
    String place(@McpToolParam(description = "what to order") String item) {
        mine().add(item);
        return "Ordered " + item + ".";
    }

    @McpTool(name = "orders_refund", description = "Gives the money of your last order back.")
    @RequiresAbility("orders:refund")
    String refund() {
        return mine().isEmpty() ? "There is none." : "Refunded " + mine().remove(mine().size() - 1) + ".";
    }

    private List<String> mine() {
        String caller = Sanctum.currentToken().orElseThrow().owner().id();
        return orders.computeIfAbsent(caller, name -> new CopyOnWriteArrayList<>(List.of("tea")));
    }
}
// end::order-tools
