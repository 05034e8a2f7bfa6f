package com.example.recipes;

import dev.sanctum4j.spring.RequiresAbility;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Asks for abilities on a controller and on a service behind its interface. */
@Configuration(proxyBeanMethods = false)
class Abilities {

    @Bean
    Stock stock() {
        return new CountedStock();
    }

    @RestController
    static class StockController {

        private final Stock stock;

        StockController(Stock stock) {
            this.stock = stock;
        }

        @GetMapping("/api/stock")
        @RequiresAbility("stock:read")
        Map<String, Integer> stock() {
            return Map.of("tea", 3);
        }

        @GetMapping("/api/stock/service")
        Map<String, Integer> byService() {
            return Map.of("tea", stock.of("tea"));
        }
    }

    interface Stock {
        @RequiresAbility("stock:read")
        int of(String item);
    }

    private static final class CountedStock implements Stock {

        @Override
        public int of(String item) {
            return 3;
        }
    }
}
