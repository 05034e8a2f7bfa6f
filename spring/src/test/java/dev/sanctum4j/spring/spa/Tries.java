package dev.sanctum4j.spring.spa;

import java.util.Arrays;
import java.util.List;
import org.springframework.context.ApplicationContext;

/** The tries of sign-ins that an application has counted: tests share it, and a minute is longer than many of them take. */
public final class Tries {

    private Tries() {}

    /** Forgets them, so that no test is refused for what others did. */
    public static void forget(ApplicationContext application) {
        LoginThrottle throttle = application.getBean(LoginThrottle.class);
        synchronized (throttle) {
            for (MinuteCounters all : List.of(
                    throttle.accounts, throttle.addresses, throttle.both, throttle.sessions, throttle.networks)) {
                Arrays.fill(all.cells, 0);
            }
        }
    }
}
