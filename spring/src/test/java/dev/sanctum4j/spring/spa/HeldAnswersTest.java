package dev.sanctum4j.spring.spa;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class HeldAnswersTest {

    private final HeldAnswers answers = new HeldAnswers();

    @AfterEach
    void end() {
        RequestContextHolder.resetRequestAttributes();
    }

    private MockHttpServletRequest request(boolean async) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAsyncSupported(async);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        answers.hold();
        return request;
    }

    private static MockAsyncContext held(MockHttpServletRequest request) {
        return (MockAsyncContext) Objects.requireNonNull(request.getAsyncContext());
    }

    /** As a container does when the time is over. */
    private static void timeOut(MockHttpServletRequest request) throws IOException {
        MockAsyncContext context = held(request);
        for (AsyncListener listener : context.getListeners()) {
            listener.onTimeout(new AsyncEvent(context));
        }
    }

    @Test
    void answerGoesOutAfterASecond() throws IOException {
        MockHttpServletRequest request = request(true);

        assertThat(request.isAsyncStarted()).isTrue();
        assertThat(held(request).getTimeout()).isEqualTo(1_000);
        timeOut(request);
        assertThat(request.isAsyncStarted()).isFalse();
    }

    @Test
    void whereSomethingCannotWaitTheAnswerIsNotHeld() {
        assertThat(request(false).isAsyncStarted()).isFalse();
        RequestContextHolder.resetRequestAttributes();
        answers.hold(); // no request on this thread
    }

    @Test
    void answersThatAreHeldAreBounded() throws IOException {
        List<MockHttpServletRequest> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(request(true));
        }

        assertThat(all.stream().filter(MockHttpServletRequest::isAsyncStarted)).hasSize(256);
        timeOut(all.get(0));
        assertThat(request(true).isAsyncStarted()).isTrue();
        assertThat(request(true).isAsyncStarted()).isFalse();
    }
}
