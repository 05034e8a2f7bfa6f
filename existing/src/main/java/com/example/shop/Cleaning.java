package com.example.shop;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The one task of the application's one scheduler thread. */
@Component
class Cleaning {

    @Scheduled(initialDelay = 3_600_000, fixedDelay = 3_600_000)
    void clean() {}
}
