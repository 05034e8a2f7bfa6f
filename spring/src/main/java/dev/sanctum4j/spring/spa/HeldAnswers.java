package dev.sanctum4j.spring.spa;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Answers that go out a second later, on nobody's thread: whoever asks again at once, on many connections, leaves no processor
 * to those whose password is compared. There are so many of them, and no more.
 *
 * <p>Thread-safe.
 */
final class HeldAnswers implements AsyncListener {

    private static final int MOST = 256;
    private static final long MILLIS = 1_000;

    private final AtomicInteger held = new AtomicInteger();

    /** Holds the answer to the request of this thread, where the container and all filters can. */
    void hold() {
        if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current)
                || !current.getRequest().isAsyncSupported()
                || current.getRequest().isAsyncStarted()
                || held.get() >= MOST) {
            return;
        }
        AsyncContext answer = current.getRequest().startAsync();
        held.incrementAndGet();
        answer.addListener(this);
        answer.setTimeout(MILLIS);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        event.getAsyncContext().complete();
    }

    @Override
    public void onError(AsyncEvent event) {
        event.getAsyncContext().complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        held.decrementAndGet();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // a second start would be somebody else's
    }
}
