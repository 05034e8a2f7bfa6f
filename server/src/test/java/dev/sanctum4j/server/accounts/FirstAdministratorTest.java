package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.server.SanctumServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;

class FirstAdministratorTest {

    @Test
    void passwordThatNobodyMayChooseIsRefusedAtStartAndNotRepeated() {
        SpringApplicationBuilder server = new SpringApplicationBuilder(SanctumServer.class);

        assertThatThrownBy(() -> server.run(
                        "--server.port=0",
                        "--management.server.port=0",
                        "--spring.datasource.url=jdbc:h2:mem:first-administrator",
                        "--SANCTUM_ADMIN_PASSWORD=zebra"))
                .hasMessageContaining("SANCTUM_ADMIN_PASSWORD: ")
                .hasMessageContaining("at least 8 characters")
                .hasMessageNotContaining("zebra");
    }
}
