package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One listener's failure is nobody else's. */
class GuardedListenerTest {

    @Test
    void everyEventReachesEveryListenerThoughTheFirstThrows() throws Exception {
        List<String> heard = new ArrayList<>();
        TokenListener all = TokenListener.all(List.of(
                listener((proxy, event, what) -> {
                    throw new IllegalStateException("listener is broken");
                }),
                listener((proxy, event, what) -> heard.add(event.getName()) ? null : what)));
        List<String> told = new ArrayList<>();
        for (Method event : TokenListener.class.getMethods()) {
            if (!Modifier.isStatic(event.getModifiers())) {
                event.invoke(
                        all,
                        Arrays.stream(event.getParameterTypes())
                                .map(type -> Array.get(Array.newInstance(type, 1), 0)) // null, or 0
                                .toArray());
                told.add(event.getName());
            }
        }

        assertThat(heard).hasSize(13).isEqualTo(told);
    }

    private static TokenListener listener(InvocationHandler handler) {
        return (TokenListener) Proxy.newProxyInstance(
                TokenListener.class.getClassLoader(), new Class<?>[] {TokenListener.class}, handler);
    }
}
