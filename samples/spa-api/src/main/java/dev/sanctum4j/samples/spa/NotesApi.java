package dev.sanctum4j.samples.spa;

import dev.sanctum4j.spring.RequiresAbility;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

// tag::notes-api
/** The API at api.dev.localhost; its page is at app.dev.localhost. Nothing here knows of cookies or CSRF. */
@SpringBootApplication
@RestController
public class NotesApi {

    private final Map<String, List<String>> notes = new ConcurrentHashMap<>();

    public static void main(String[] args) {
        SpringApplication.run(NotesApi.class, args);
    }

    @GetMapping("/api/notes")
    @RequiresAbility("notes:read") // a session has every ability, a token those it was given
    List<String> notes(Principal caller) {
        return notes.getOrDefault(caller.getName(), List.of());
    }

    @PostMapping("/api/notes")
    @RequiresAbility("notes:write")
    List<String> add(Principal caller, @RequestBody Map<String, String> note) {
        notes.computeIfAbsent(caller.getName(), name -> new CopyOnWriteArrayList<>())
                .add(note.getOrDefault("text", ""));
        return notes(caller);
    }

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada@example.test").password("{noop}secret").build());
    }
}
// end::notes-api
