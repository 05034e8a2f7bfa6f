// tag::first
package com.example.demo;

import dev.sanctum4j.spring.RequiresAbility;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class DemoApplication {

    public static void main(String[] args) {
        SpringApplication.run(DemoApplication.class, args);
    }

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    List<String> orders() {
        return List.of("tea");
    }

    @PostMapping("/api/orders")
    @RequiresAbility("orders:write")
    String order() {
        return "ordered";
    }
}
// end::first
