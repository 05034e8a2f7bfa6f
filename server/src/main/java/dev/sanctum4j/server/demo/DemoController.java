package dev.sanctum4j.server.demo;

import dev.sanctum4j.server.accounts.AccountDetails;
import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.RequiresAbility;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpStatus;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Orders that are forgotten at the next start: something to try tokens on. */
@RestController
@RequestMapping("/api")
class DemoController {

    @Ability(value = "See your orders", group = "Orders")
    static final String ORDERS_READ = "orders:read";

    @Ability(value = "Place orders", group = "Orders")
    static final String ORDERS_WRITE = "orders:write";

    @Ability(value = "See how many customers there are, as an administrator", group = "Administration")
    static final String STATS_READ = "stats:read";

    private static final int MAX_ORDERS = 100;

    private final Map<Long, Deque<Order>> orders = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    record Order(long id, String item) {}

    record NewOrder(String item) {}

    @GetMapping("/ping")
    Map<String, String> ping() {
        return Map.of("message", "pong");
    }

    @GetMapping("/orders")
    @RequiresAbility(ORDERS_READ)
    Map<String, List<Order>> orders(@AuthenticationPrincipal AccountDetails caller) {
        Deque<Order> own = of(caller);
        synchronized (own) {
            return Map.of("orders", List.copyOf(own));
        }
    }

    @PostMapping("/orders")
    @RequiresAbility(ORDERS_WRITE)
    @ResponseStatus(HttpStatus.CREATED)
    Order order(@AuthenticationPrincipal AccountDetails caller, @RequestBody NewOrder wanted) {
        String item = wanted.item() == null ? "something" : wanted.item();
        Order order = new Order(number.incrementAndGet(), item.substring(0, Math.min(item.length(), 100)));
        Deque<Order> own = of(caller);
        synchronized (own) {
            own.addLast(order);
            if (own.size() > MAX_ORDERS) {
                own.removeFirst();
            }
        }
        return order;
    }

    /** Asks for a role and an ability: an ability alone never grants what its owner lacks. */
    @GetMapping("/admin/stats")
    @RequiresAbility(STATS_READ)
    Map<String, Integer> stats(Authentication caller) {
        var decision = AuthorityAuthorizationManager.hasRole("ADMIN").authorize(() -> caller, this);
        if (!decision.isGranted()) {
            throw new AuthorizationDeniedException("administrators only", decision);
        }
        return Map.of("customers", orders.size());
    }

    private Deque<Order> of(AccountDetails caller) {
        return orders.computeIfAbsent(caller.id(), absent -> new ArrayDeque<>());
    }
}
