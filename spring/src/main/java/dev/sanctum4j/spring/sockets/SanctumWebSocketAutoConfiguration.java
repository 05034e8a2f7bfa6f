package dev.sanctum4j.spring.sockets;

import dev.sanctum4j.spring.ChainPart;
import dev.sanctum4j.spring.TokenCheck;
import dev.sanctum4j.spring.http.Limits;
import dev.sanctum4j.spring.spa.FirstPartyRequests;
import dev.sanctum4j.spring.spa.SanctumSpaAutoConfiguration;
import dev.sanctum4j.spring.store.OnTokensInUse;
import dev.sanctum4j.spring.store.PeriodicTask;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.messaging.access.intercept.AuthorizationChannelInterceptor;
import org.springframework.security.messaging.context.SecurityContextChannelInterceptor;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;

/**
 * STOMP over WebSocket with the same two ways in, at {@code sanctum.websocket.path}, for applications that enable a message
 * broker. A bean {@code AuthorizationManager<Message<?>>} decides about frames; without one, whoever is signed in may send
 * and subscribe.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = SanctumSpaAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({WebSocketMessageBrokerConfigurer.class, SecurityContextChannelInterceptor.class})
@ConditionalOnProperty("sanctum.websocket.path")
@EnableConfigurationProperties(WebSocketProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumWebSocketAutoConfiguration {

    @Bean
    LiveSockets sanctumLiveSockets(ObjectProvider<Clock> clock) {
        return new LiveSockets(clock.getIfUnique(Clock::systemUTC));
    }

    @Bean
    PeriodicTask sanctumSocketRecheck(LiveSockets sockets, TokenCheck check, WebSocketProperties properties) {
        return PeriodicTask.of("look at open sockets", properties.recheck(), () -> sockets.recheck(check));
    }

    /** Who it is, CONNECT tells. */
    @Bean
    ChainPart sanctumSocketRoute(
            WebSocketProperties properties, ObjectProvider<PathPatternRequestMatcher.Builder> paths) {
        return new ChainPart() {
            @Override
            public List<RequestMatcher> open() {
                return List.of(paths.getIfUnique(PathPatternRequestMatcher::withDefaults)
                        .matcher(HttpMethod.GET, properties.path()));
            }
        };
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    WebSocketMessageBrokerConfigurer sanctumSockets(
            LiveSockets sockets,
            TokenCheck check,
            FirstPartyRequests firstParty,
            WebSocketProperties properties,
            ObjectProvider<AuthorizationManager<Message<?>>> rules) {
        return new WebSocketMessageBrokerConfigurer() {
            @Override
            public void registerStompEndpoints(StompEndpointRegistry registry) {
                registry.addEndpoint(properties.path())
                        .setAllowedOriginPatterns("*") // the handshake knows better
                        .addInterceptors(new SocketHandshake(firstParty));
            }

            @Override
            public void configureWebSocketTransport(WebSocketTransportRegistration registry) {
                registry.setMessageSizeLimit(Limits.FRAME)
                        .setSendBufferSizeLimit(Limits.SEND_BUFFER)
                        .addDecoratorFactory(sockets::count);
            }

            @Override
            public void configureClientInboundChannel(ChannelRegistration registration) {
                registration.interceptors(
                        new SocketGuard(check),
                        new SecurityContextChannelInterceptor(),
                        new AuthorizationChannelInterceptor(
                                rules.getIfUnique(AuthenticatedAuthorizationManager::authenticated)));
            }
        };
    }
}
