package dev.sanctum4j.server;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

/** The tries of sign-ins that a server has counted: tests share it, and a minute is longer than many of them take. */
final class Tries {

    private Tries() {}

    /** Forgets them, so that no test is refused for what others did. */
    static void forget(ApplicationContext server) {
        Object throttle = server.getBean("sanctumThrottle");
        synchronized (throttle) {
            for (String counters : List.of("accounts", "addresses", "both", "sessions", "networks")) {
                Object all = Objects.requireNonNull(ReflectionTestUtils.getField(throttle, counters));
                Arrays.fill((long[]) Objects.requireNonNull(ReflectionTestUtils.getField(all, "cells")), 0);
            }
        }
    }
}
