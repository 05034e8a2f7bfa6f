package dev.sanctum4j.spring.spa;

import java.util.Map;
import java.util.Objects;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

/** The tries of sign-ins that an application has counted: tests share it, and a minute is longer than many of them take. */
public final class Tries {

    private Tries() {}

    /** Forgets them, so that no test is refused for what others did. */
    public static void forget(ApplicationContext application) {
        LoginThrottle throttle = application.getBean(LoginThrottle.class);
        Map<?, ?> counters = (Map<?, ?>) Objects.requireNonNull(ReflectionTestUtils.getField(throttle, "counters"));
        synchronized (throttle) {
            counters.clear();
        }
    }
}
