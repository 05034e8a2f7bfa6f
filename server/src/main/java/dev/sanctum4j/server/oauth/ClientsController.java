package dev.sanctum4j.server.oauth;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Registered clients, for administrators. A secret is shown once. */
@RestController
@RequestMapping("/api/admin/clients")
@RequiresAbility(AdminApi.CLIENTS)
class ClientsController {

    private final Clients clients;

    ClientsController(Clients clients) {
        this.clients = clients;
    }

    /** A client to be added. */
    record NewRegisteredClient(
            @Nullable String client_id, @Nullable List<String> abilities) {}

    @GetMapping
    AdminApi.Page<RegisteredClient> list() {
        return new AdminApi.Page<>(
                clients.list().stream().map(RegisteredClient::of).toList(), null);
    }

    @PostMapping
    ResponseEntity<RegisteredClient> add(@RequestBody NewRegisteredClient wanted) {
        NewClient made = clients.add(
                        wanted.client_id() == null ? "" : wanted.client_id(),
                        wanted.abilities() == null ? Abilities.NONE : Abilities.of(wanted.abilities()))
                .orElseThrow(() -> new ProblemException(
                        Problem.invalid("client_id", "taken", "The client_id has already been taken.")));
        return shownOnce(HttpStatus.CREATED, made);
    }

    @PostMapping("/{id}/rotate")
    ResponseEntity<RegisteredClient> rotate(@PathVariable String id) {
        return shownOnce(HttpStatus.OK, clients.rotate(id).orElseThrow(() -> new ProblemException(Problem.notFound())));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String id) {
        if (!clients.remove(id)) {
            throw new ProblemException(Problem.notFound());
        }
    }

    private static ResponseEntity<RegisteredClient> shownOnce(HttpStatus status, NewClient made) {
        return ResponseEntity.status(status)
                .cacheControl(CacheControl.noStore())
                .body(RegisteredClient.of(made));
    }
}
