package dev.sanctum4j.samples.api;

import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.net.URI;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is left, and an error of the application's own if nothing is. */
@RestController
class Stock {

    private static final Map<String, Integer> LEFT = Map.of("tea", 7);

    // tag::own-problem
    static final class OutOfStock extends ProblemException {

        OutOfStock(String item) {
            super(Problem.of(409, "out-of-stock", "Out of stock.")
                    .type(URI.create("https://shop.example.test/errors/out-of-stock"))
                    .detail("None is left; it comes again on Monday.")
                    .with("item", item));
        }
    }

    @GetMapping("/api/stock/{item}")
    @RequiresAbility("orders:read")
    int left(@PathVariable String item) {
        Integer left = LEFT.get(item);
        if (left == null) {
            throw new OutOfStock(item);
        }
        return left;
    }
    // end::own-problem
}
