package dev.sanctum4j.app;

import dev.sanctum4j.AccessToken;
import dev.sanctum4j.spring.AccountAge;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import dev.sanctum4j.spring.Sanctum;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What a user of the starter writes: people, and routes that ask for abilities. */
@SpringBootApplication
class App {

    static final String PASSWORD = "correct horse battery staple";

    /** A person that the application knows. */
    static final class Person extends User implements AccountAge {
        private static final long serialVersionUID = 1L;
        private final Instant since;

        Person(String name, String password, boolean enabled, Instant since, String... authorities) {
            super(name, password, enabled, true, true, true, AuthorityUtils.createAuthorityList(authorities));
            this.since = since;
        }

        @Override
        public Instant accountCreatedAt() {
            return since;
        }
    }

    /** The people, changed by tests. */
    static final class People implements UserDetailsService {
        final Map<String, Person> all = new ConcurrentHashMap<>();
        volatile boolean down;

        /** Thrown in place of whoever is asked for. */
        volatile @Nullable Throwable thrown;

        /** How often somebody was asked for, known or not. */
        final AtomicInteger asked = new AtomicInteger();

        /** Called with each person who was found, before the finder goes on. */
        volatile Runnable found = () -> {};

        private final PasswordEncoder encoder;

        People(PasswordEncoder encoder) {
            this.encoder = encoder;
            reset();
        }

        void reset() {
            down = false;
            thrown = null;
            found = () -> {};
            all.clear();
            put("ada@example.test", true, Instant.EPOCH, "ROLE_USER", "ROLE_ADMIN");
            put("bob@example.test", true, Instant.EPOCH, "ROLE_USER");
        }

        void put(String name, boolean enabled, Instant since, String... authorities) {
            all.put(name, new Person(name, encoder.encode(PASSWORD), enabled, since, authorities));
        }

        /** The same person with other rights, and the password as it was. */
        void change(String name, boolean enabled, String... authorities) {
            all.computeIfPresent(
                    name,
                    (key, old) -> new Person(
                            name, String.valueOf(old.getPassword()), enabled, old.accountCreatedAt(), authorities));
        }

        @Override
        public Person loadUserByUsername(String name) {
            asked.incrementAndGet();
            if (down) {
                throw new DataAccessResourceFailureException("the people cannot be asked");
            }
            Throwable instead = thrown;
            if (instead != null) {
                throw App.<RuntimeException>sneaky(instead);
            }
            Person person = all.get(name);
            if (person == null) {
                throw new UsernameNotFoundException("unknown");
            }
            found.run();
            return new Person(
                    person.getUsername(),
                    String.valueOf(person.getPassword()),
                    person.isEnabled(),
                    person.accountCreatedAt(),
                    person.getAuthorities().stream()
                            .map(GrantedAuthority::getAuthority)
                            .toArray(String[]::new));
        }
    }

    /** As languages do that know no checked exceptions. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Bean
    People people(PasswordEncoder encoder) {
        return new People(encoder);
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @RestController
    static class Routes {

        @GetMapping({"/api/whoami", "/other/whoami"})
        Map<String, Object> whoami(@Nullable Authentication caller, HttpServletRequest request) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("name", caller == null ? "" : caller.getName());
            answer.put(
                    "authorities",
                    caller == null
                            ? List.of()
                            : caller.getAuthorities().stream()
                                    .map(GrantedAuthority::getAuthority)
                                    .sorted()
                                    .toList());
            answer.put("token", Sanctum.currentToken().map(AccessToken::name).orElse(""));
            answer.put("can_read", Sanctum.can("orders:read"));
            answer.put("session", request.getSession(false) != null);
            return answer;
        }

        @GetMapping("/api/orders")
        @RequiresAbility("orders:read")
        String orders() {
            return "orders";
        }

        @PostMapping("/api/orders")
        @RequiresAbility({"orders:read", "orders:write"})
        String order(@RequestBody Map<String, String> body) {
            return "ordered " + body.size();
        }

        @GetMapping("/api/any")
        @RequiresAnyAbility({"orders:read", "orders:write"})
        String any() {
            return "any";
        }

        @GetMapping("/api/current")
        String current(AccessToken token) {
            return token.name();
        }

        @GetMapping("/api/maybe")
        String maybe(Optional<AccessToken> token) {
            return token.map(AccessToken::name).orElse("no token");
        }

        @GetMapping("/api/later")
        Callable<String> later() {
            return () -> "later " + Sanctum.can("orders:read");
        }

        @GetMapping("/api/conflict")
        String conflict() {
            throw new DataIntegrityViolationException("two of a kind");
        }

        @GetMapping("/api/rollback")
        String rollback() {
            TransactionSystemException failed =
                    new TransactionSystemException("rollback failed", new SQLException("closed"));
            failed.initApplicationException(new DataAccessResourceFailureException("nobody answers"));
            throw failed;
        }

        @GetMapping("/api/outage")
        String outage() {
            throw new DataAccessResourceFailureException("nobody answers");
        }

        @GetMapping("/api/broken")
        String broken() {
            throw new IllegalStateException("broken on purpose");
        }
    }
}
