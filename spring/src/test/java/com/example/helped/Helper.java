package com.example.helped;

import dev.sanctum4j.spring.Sanctum;

final class Helper {

    private Helper() {}

    static Runnable work() {
        return () -> Sanctum.can("orders:read");
    }
}
