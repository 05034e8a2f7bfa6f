package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.server.SanctumServer;
import dev.sanctum4j.server.TestDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.TestingAuthenticationToken;

/** Two administrators who take the role from each other at once, on every database. */
@ExtendWith(TestDatabases.class)
class LastAdministratorTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void ofTwoWhoDemoteEachOtherTheFirstIsLeft(IdentitiesTest.Database database) {
        assertFirstIsLeft(database, "{\"role\":\"user\"}");
    }

    @ParameterizedTest
    @EnumSource
    void ofTwoWhoDisableEachOtherTheFirstIsLeft(IdentitiesTest.Database database) {
        assertFirstIsLeft(database, "{\"disabled\":true}");
    }

    private void assertFirstIsLeft(IdentitiesTest.Database database, String change) {
        try (var server = new SpringApplicationBuilder(SanctumServer.class)
                .run("--SANCTUM_DATABASE_URL=" + database.empty(folder), "--PORT=0", "--MANAGEMENT_PORT=0")) {
            Accounts accounts = server.getBean(Accounts.class);
            PeopleController people = server.getBean(PeopleController.class);
            Account first = administrator(accounts, "first");
            Account second = administrator(accounts, "second");
            List<CompletableFuture<?>> meanwhile = new ArrayList<>();

            boolean done = accounts.asAdministrator(first.id(), second.id(), () -> {
                boolean changed = change.contains("role")
                        ? accounts.changeRole(second.id(), Account.Role.USER)
                        : accounts.disable(second.id());
                CompletableFuture<?> other = CompletableFuture.supplyAsync(() -> change(people, second, first, change));
                meanwhile.add(other);
                waitAWhileFor(other);
                return changed;
            });

            assertThat(done).isTrue();
            assertThatThrownBy(() -> meanwhile.get(0).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(AccessDeniedException.class);
            assertThat(accounts.haveAdministrator()).isTrue();
        }
    }

    private static Account administrator(Accounts accounts, String name) {
        return accounts.create(name, name + "@example.test", "correct horse battery", Account.Role.ADMIN)
                .orElseThrow();
    }

    private static Object change(PeopleController people, Account by, Account whom, String json) {
        try {
            AccountDetails self = new AccountDetails(by);
            MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/api/admin/people/" + whom.id());
            request.setContentType("application/json");
            request.setContent(json.getBytes(StandardCharsets.UTF_8));
            return people.change(new TestingAuthenticationToken(self, null), self, whom.id(), request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It may or may not have begun when this one goes on, and comes to the same. */
    private static void waitAWhileFor(CompletableFuture<?> other) {
        try {
            other.get(300, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // it waits, as it should
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
