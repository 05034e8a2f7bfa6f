package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Types everything that {@code docs/quickstart.md} types, and gets the answers it shows. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:quickstart;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=quick start",
            "management.server.port=0"
        })
class QuickstartTest {

    @LocalServerPort
    private int port;

    @Test
    void everyCommandAnswersAsThePageSays(@TempDir Path folder) throws Exception {
        Transcript page = Transcript.of("quickstart.md");
        assertThat(page.steps()).isGreaterThan(8);

        String before = "BASE=http://localhost:" + port + "\nPASSWORD='quick start'\n";
        page.run(folder, before, 1, "bash", "curl", "awk", "sed");
    }
}
