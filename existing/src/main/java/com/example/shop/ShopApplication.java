package com.example.shop;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

/** An application as people have them, which knows nothing of us. Its filter chains are in the shapes. */
@SpringBootApplication
@EnableScheduling
@EnableMethodSecurity
public class ShopApplication {}
