package dev.sanctum4j.docs.kotlin

import dev.sanctum4j.spring.RequiresAbility
import java.util.concurrent.CopyOnWriteArrayList
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.annotation.Bean
import org.springframework.security.core.userdetails.User
import org.springframework.security.core.userdetails.UserDetailsService
import org.springframework.security.provisioning.InMemoryUserDetailsManager
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RequestBody
import org.springframework.web.bind.annotation.RestController

// tag::orders-in-kotlin
@SpringBootApplication
@RestController
class OrdersApi {

    private val orders = CopyOnWriteArrayList(listOf("tea"))

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    fun orders(): List<String> = orders

    @PostMapping("/api/orders")
    @RequiresAbility("orders:write")
    fun order(@RequestBody order: Map<String, String>): List<String> {
        orders.add(order["item"] ?: "something")
        return orders
    }

    @Bean
    fun people(): UserDetailsService =
        InMemoryUserDetailsManager(User.withUsername("ada@example.test").password("{noop}secret").build())
}

fun main(args: Array<String>) {
    runApplication<OrdersApi>(*args)
}
// end::orders-in-kotlin
