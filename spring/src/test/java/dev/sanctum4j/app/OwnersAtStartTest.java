package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sanctum4j.NewToken;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.OwnerLoader;
import java.security.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is asked for owners, and what the start says where nobody can tell. */
@ExtendWith(OutputCaptureExtension.class)
class OwnersAtStartTest {

    private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
        return new SpringApplicationBuilder(Routes.class, application)
                .properties("server.port=0", "spring.datasource.generate-unique-name=true")
                .run(properties);
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.server.port"))));
    }

    private static NewToken issue(ConfigurableApplicationContext context, String id) {
        return context.getBean(Tokens.class).issue(TokenRequest.of(Owner.of("user", id), "ci", "*"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Routes {
        @GetMapping("/api/name")
        String name(Principal caller) {
            return caller.getName();
        }
    }

    private static UserDetailsService one(String name) {
        return new InMemoryUserDetailsManager(
                User.withUsername(name).password("{noop}secret").roles("USER").build());
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {
        @Bean
        UserDetailsService customers() {
            return one("ada");
        }

        @Bean
        UserDetailsService staff() {
            return one("bob");
        }
    }

    @Test
    void twoUserServicesEndTheStartWithWhatToDo(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(Two.class));

        assertThat(failure).isNotNull();
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "there are 2 UserDetailsService beans to ask for them.",
                        "Declare an OwnerLoader bean for each type of owner, or mark one of the services @Primary.")
                .doesNotContain("NullPointerException");
    }

    @Configuration(proxyBeanMethods = false)
    static class OneIsPrimary extends Two {
        @Bean
        @Primary
        UserDetailsService partners() {
            return one("eve");
        }
    }

    @Test
    void primaryUserServiceIsAskedAndUserNamesAreToldOf(CapturedOutput output) {
        try (var context = start(OneIsPrimary.class)) {
            assertThat(http(context)
                            .get("/api/name", AppTest.bearer(issue(context, "eve")))
                            .body())
                    .isEqualTo("eve");
        }
        assertThat(output.getOut().split("Tokens belong to user names", -1)).hasSize(2);
    }

    /** Spring Security makes no {@code AuthenticationManager} of several user services, whichever is the primary one. */
    @Test
    void passwordDoorThatNobodyCanAnswerIs503AndToldAtStart(CapturedOutput output) {
        try (var context = start(OneIsPrimary.class, "--sanctum.endpoints.password-token=true")) {
            assertThat(output).contains("No password can be checked, so /login and /sanctum/token answer 503");
            assertThat(http(context)
                            .post("/sanctum/token", "{\"email\":\"eve\",\"password\":\"secret\",\"device_name\":\"d\"}")
                            .status())
                    .isEqualTo(503);
        }
        assertThat(output).doesNotContain("NullPointerException");
    }

    @Configuration(proxyBeanMethods = false)
    static class Nobody {
        @Bean
        AuthenticationManager signInElsewhere() {
            return authentication -> {
                throw new UsernameNotFoundException("elsewhere");
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sanctum.endpoints.tokens=true", "--sanctum.endpoints.password-token=true"})
    void nobodyToAskEndsTheStartWhereTokensAreGivenOut(String endpoint, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(Nobody.class, endpoint));

        assertThat(failure).isNotNull();
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "there is no bean to ask for them.",
                        "Declare an OwnerLoader or a UserDetailsService bean.");
    }

    @Test
    void nobodyToAskIsToldAtStartElsewhere(CapturedOutput output) {
        try (var context = start(Nobody.class)) {
            assertThat(context.isRunning()).isTrue();
        }
        assertThat(output.getOut().split("there is no bean to ask for them", -1))
                .hasSize(2);
    }

    /** As of JPA: an id that stays, beside a name that may change. */
    private static final class Person extends User {
        private static final long serialVersionUID = 1L;
        private final UUID id;

        Person(UUID id, String name) {
            super(name, "{noop}secret", AuthorityUtils.createAuthorityList("ROLE_USER"));
            this.id = id;
        }

        UUID id() {
            return id;
        }
    }

    private static final UUID ADA = UUID.fromString("7f1f1c1e-0000-4000-8000-000000000000");

    @Configuration(proxyBeanMethods = false)
    static class PeopleWithIds {

        private final Map<UUID, Person> people = Map.of(ADA, new Person(ADA, "ada"));

        @Bean
        OwnerLoader users() {
            return OwnerLoader.of("user", Person.class, Person::id, UUID::fromString, this::findById);
        }

        private Optional<Person> findById(UUID id) {
            return Optional.ofNullable(people.get(id));
        }

        @Bean
        UserDetailsService byName() {
            return name -> new Person(ADA, name);
        }
    }

    @Test
    void tokenOfSomebodyWithAnIdIsIssuedAndLetsIn(CapturedOutput output) {
        try (var context = start(
                PeopleWithIds.class, "--sanctum.endpoints.password-token=true", "--sanctum.endpoints.tokens=true")) {
            Http http = http(context);
            Http.Answer exchanged = http.post(
                    "/sanctum/token", "{\"email\":\"ada\",\"password\":\"secret\",\"device_name\":\"laptop\"}");

            assertThat(exchanged.status()).isEqualTo(200);
            assertThat(http.get("/api/name", "Authorization: Bearer " + exchanged.body())
                            .body())
                    .isEqualTo("ada");
            assertThat(http.get("/api/name", AppTest.bearer(issue(context, ADA.toString())))
                            .status())
                    .isEqualTo(200);
            assertThat(context.getBean(Tokens.class).list(Owner.of("user", ADA.toString())))
                    .hasSize(2);
        }
        assertThat(output).doesNotContain("Tokens belong to user names");
    }

    @Test
    void textThatIsNoIdFindsNobody() {
        Function<Long, Optional<LongPerson>> find = id -> Optional.of(new LongPerson(id));
        OwnerLoader numbers = OwnerLoader.of("user", LongPerson.class, LongPerson::id, Long::valueOf, find);

        assertThat(numbers.type()).isEqualTo("user");
        assertThat(numbers.load("7"))
                .hasValueSatisfying(found -> assertThat(found.name()).isEqualTo("number 7"));
        assertThat(numbers.load("ada@example.test")).isEmpty();
        assertThat(numbers.load("")).isEmpty();
        assertThat(numbers.idOf(new LongPerson(7))).contains("7");
        assertThat(numbers.idOf("ada")).isEmpty();
    }

    private static final class LongPerson extends User {
        private static final long serialVersionUID = 1L;
        private final long id;

        LongPerson(long id) {
            super("number " + id, "", AuthorityUtils.NO_AUTHORITIES);
            this.id = id;
        }

        long id() {
            return id;
        }
    }
}
