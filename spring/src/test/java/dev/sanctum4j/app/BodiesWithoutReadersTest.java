package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** An application that has switched off what reads forms of several parts, and forms of other methods than POST. */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:bodies2;DB_CLOSE_DELAY=-1",
            "spring.servlet.multipart.enabled=false",
            "spring.mvc.formcontent.filter.enabled=false"
        })
class BodiesWithoutReadersTest extends AppTest {

    @Test
    void bodyThatNobodyReadsIsRefusedAsWhatItIs() {
        NewToken token = issue(ADA, "*", "tokens:manage");

        assertThat(http.send(
                                "POST",
                                "/sanctum/token",
                                BodiesTest.PARTS,
                                "Content-Type: multipart/form-data; boundary=x")
                        .status())
                .isEqualTo(415);
        assertThat(http.send(
                                "PATCH",
                                "/api/tokens/" + token.token().id(),
                                "name=renamed",
                                bearer(token),
                                "Content-Type: application/x-www-form-urlencoded")
                        .status())
                .isEqualTo(415);
        assertThat(tokens.list(ADA)).extracting("name").containsExactly("ci");
    }
}
