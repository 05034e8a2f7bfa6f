package dev.sanctum4j.server.oauth;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.server.web.AdminApi;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.http.Paging;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.RequestFields;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Registered clients, for administrators. A secret is shown once. */
@RestController
@RequestMapping("/api/admin/clients")
@RequiresAbility(AdminApi.CLIENTS)
class ClientsController {

    private static final int MAX_ID = 255;

    private final Clients clients;

    ClientsController(Clients clients) {
        this.clients = clients;
    }

    /**
     * Some clients.
     *
     * @param next what to send as {@code after} to get those behind them; absent if that is all
     */
    record ClientPage(List<RegisteredClient> data, @Nullable String next) {}

    @GetMapping
    ClientPage list(
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(defaultValue = Paging.USUAL) int limit,
            HttpServletRequest request,
            HttpServletResponse response) {
        Paging paging = Paging.of(after, limit);
        String last = after == null ? "" : RequestFields.parameter("after", after);
        List<RegisteredClient> read = clients.list(last, paging.read()).stream()
                .map(RegisteredClient::of)
                .toList();
        List<RegisteredClient> data = paging.page(read, RegisteredClient::client_id, request, response);
        return new ClientPage(data, paging.next(read, RegisteredClient::client_id));
    }

    @PostMapping
    ResponseEntity<RegisteredClient> add(HttpServletRequest request) throws IOException {
        RequestFields fields = RequestFields.readRecord(request);
        String id = fields.text("client_id", MAX_ID);
        Abilities abilities = fields.has("abilities") ? Abilities.of(fields.texts("abilities")) : Abilities.NONE;
        fields.check();
        NewClient made = clients.add(id, abilities)
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
