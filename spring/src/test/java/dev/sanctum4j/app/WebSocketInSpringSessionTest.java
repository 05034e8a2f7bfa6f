package dev.sanctum4j.app;

import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.test.context.TestPropertySource;

/** The same with sessions that Spring Session keeps: what a handshake got of one does not tell when it has ended. */
@Import(WebSocketInSpringSessionTest.SpringSession.class)
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:socketsinspringsession;DB_CLOSE_DELAY=-1")
class WebSocketInSpringSessionTest extends WebSocketTest {

    @TestConfiguration(proxyBeanMethods = false)
    @EnableSpringHttpSession
    static class SpringSession {
        @Bean
        MapSessionRepository sessions(SessionIdGenerator ids) {
            MapSessionRepository sessions = new MapSessionRepository(new ConcurrentHashMap<>());
            sessions.setSessionIdGenerator(ids);
            return sessions;
        }
    }
}
