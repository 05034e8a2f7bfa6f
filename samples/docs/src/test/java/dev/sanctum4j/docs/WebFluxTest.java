package dev.sanctum4j.docs;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Accepted;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@code docs/guides/webflux.md} shows. */
class WebFluxTest {

    static class Beans {

        // tag::webflux-filter
        @Bean
        WebFilter tokenFilter(Tokens tokens) {
            return (exchange, chain) -> {
                List<String> headers = exchange.getRequest().getHeaders().getOrEmpty("Authorization");
                if (headers.size() != 1 || !headers.get(0).regionMatches(true, 0, "Bearer ", 0, 7)) {
                    return refuse(exchange, headers.size() > 1 ? HttpStatus.BAD_REQUEST : HttpStatus.UNAUTHORIZED);
                }
                return Mono.fromCallable(
                                () -> tokens.authenticate(headers.get(0).substring(7)))
                        .subscribeOn(Schedulers.boundedElastic()) // the store may block
                        .flatMap(verdict -> {
                            if (!(verdict instanceof Accepted accepted)) {
                                return refuse(exchange, HttpStatus.UNAUTHORIZED);
                            }
                            exchange.getAttributes().put("token", accepted.token());
                            return chain.filter(exchange);
                        })
                        .onErrorResume(
                                TokenStoreException.class, e -> refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE));
            };
        }

        private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status) {
            exchange.getResponse().setStatusCode(status);
            if (status == HttpStatus.UNAUTHORIZED) {
                exchange.getResponse().getHeaders().set("WWW-Authenticate", "Bearer");
            }
            return exchange.getResponse().setComplete();
        }
        // end::webflux-filter
    }

    @RestController
    static class Routes {

        // tag::webflux-route
        @GetMapping("/orders")
        Mono<String> orders(@RequestAttribute AccessToken token) {
            return token.can("orders:read") ? Mono.just("tea") : Mono.error(new NotAllowed());
        }
        // end::webflux-route
    }

    @ResponseStatus(HttpStatus.FORBIDDEN)
    static final class NotAllowed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Tokens tokens = Tokens.of(new InMemoryTokenStore());
    private final WebTestClient http = WebTestClient.bindToController(new Routes())
            .webFilter(new Beans().tokenFilter(tokens))
            .configureClient()
            .responseTimeout(Duration.ofMinutes(1))
            .build();

    @Test
    void filterLetsTokensIn() {
        NewToken made = tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "laptop", "orders:read"));
        String text = made.plainText().reveal();

        get("Bearer " + text).expectStatus().isOk().expectBody(String.class).isEqualTo("tea");
        get("Bearer "
                        + tokens.issue(TokenRequest.of(Owner.of("user", "ada"), "none"))
                                .plainText()
                                .reveal())
                .expectStatus()
                .isForbidden();
        get("Bearer x").expectStatus().isUnauthorized().expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        get("Bearer " + text, "Bearer " + text).expectStatus().isBadRequest();
        get().expectStatus().isUnauthorized();

        tokens.revoke(made.token().id());
        get("Bearer " + text).expectStatus().isUnauthorized();
    }

    private WebTestClient.ResponseSpec get(String... credentials) {
        return http.get().uri("/orders").header("Authorization", credentials).exchange();
    }
}
