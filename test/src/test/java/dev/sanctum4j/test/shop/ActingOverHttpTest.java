package dev.sanctum4j.test.shop;

import static dev.sanctum4j.test.SanctumAssertions.assertThat;
import static dev.sanctum4j.test.spring.Acting.actingAs;
import static dev.sanctum4j.test.spring.Acting.actingAsFirstParty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.test.TokenFactory;
import dev.sanctum4j.test.spring.ActingAs;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The whole application on a real port, without a database. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties =
                "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ActingAs(value = "ada", abilities = "stock:write")
class ActingOverHttpTest {

    private static final Owner ADA = Owner.of("user", "user");

    @LocalServerPort
    int port;

    @Autowired
    Tokens tokens;

    @Autowired
    TokenFactory factory;

    @Autowired
    Shop.Stock stock;

    private RestTestClient restTestClient;
    private WebTestClient webTestClient;

    @BeforeEach
    void connect() {
        String url = "http://localhost:" + port;
        restTestClient = RestTestClient.bindToServer().baseUrl(url).build();
        webTestClient = WebTestClient.bindToServer(new JdkClientHttpConnector())
                .baseUrl(url)
                .responseTimeout(Duration.ofMinutes(1))
                .build();
    }

    @Test
    void thereIsNoDatabase(@Autowired ObjectProvider<DataSource> databases) {
        assertThat(databases.getIfAvailable()).isNull();
    }

    @Test
    void clientsActByHeaders() {
        restTestClient
                .get()
                .uri("/api/orders")
                .headers(actingAs("ada", "orders:read"))
                .exchange()
                .expectStatus()
                .isOk();
        webTestClient
                .get()
                .uri("/api/orders")
                .headers(actingAs("ada", "orders:read"))
                .exchange()
                .expectStatus()
                .isOk();
        webTestClient
                .post()
                .uri("/office/stock")
                .headers(actingAsFirstParty("ada"))
                .exchange()
                .expectStatus()
                .isOk();
        restTestClient.get().uri("/api/orders").exchange().expectStatus().isUnauthorized();
    }

    @Test
    void clientCanActForGood() {
        RestTestClient ada = restTestClient
                .mutate()
                .defaultHeaders(actingAs("ada", "orders:read"))
                .build();

        ada.get().uri("/api/orders").exchange().expectStatus().isOk();
        ada.get().uri("/api/orders").exchange().expectStatus().isOk();
    }

    @Test
    void annotationOfTheClassCountsForBeans() {
        assertThat(stock.count()).isEqualTo("counted");
    }

    @Test
    @ActingAs("ada")
    void annotationOfTheMethodWins() {
        assertThatThrownBy(() -> stock.count()).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void tokensComeInEveryCondition() {
        NewToken valid = factory.valid(ADA, "orders:read");
        NewToken expired = factory.expired(ADA, "orders:read");

        assertThat(tokens.authenticate(valid.plainText().reveal()))
                .isAccepted()
                .belongsTo(ADA)
                .can("orders:read")
                .cannot("orders:write")
                .isNotRevoked()
                .doesNotExpire();
        assertThat(tokens.authenticate(expired.plainText().reveal())).isRejected(Reason.EXPIRED);
        assertThat(tokens.authenticate(factory.revoked(ADA).plainText().reveal()))
                .isRejected(Reason.REVOKED);
        assertThat(factory.ofAnother(ADA).token().owner()).isNotEqualTo(ADA);

        restTestClient
                .get()
                .uri("/api/orders")
                .headers(headers -> headers.setBearerAuth(valid.plainText().reveal()))
                .exchange()
                .expectStatus()
                .isOk(); // the owner is Boot's own user
        restTestClient
                .get()
                .uri("/api/orders")
                .headers(headers -> headers.setBearerAuth(expired.plainText().reveal()))
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }
}
