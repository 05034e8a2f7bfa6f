package com.example.versions

import dev.sanctum4j.spring.RequiresAbility
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.context.annotation.Bean
import org.springframework.security.core.userdetails.User
import org.springframework.security.core.userdetails.UserDetailsService
import org.springframework.security.provisioning.InMemoryUserDetailsManager
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RestController

/** The same in Kotlin. */
@SpringBootApplication
@RestController
class Orders {

    @GetMapping("/api/orders")
    @RequiresAbility("orders:read")
    fun all() = listOf("tea")

    @PostMapping("/api/orders")
    @RequiresAbility("orders:write")
    fun order() = "ordered"

    @Bean
    fun people(): UserDetailsService =
        InMemoryUserDetailsManager(User.withUsername("ada@example.test").password("{noop}secret").build())
}
