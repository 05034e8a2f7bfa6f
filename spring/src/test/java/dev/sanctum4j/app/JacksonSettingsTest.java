package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Our JSON is the same to the byte under every key of {@code spring.jackson.*} that Boot's metadata knows. */
class JacksonSettingsTest {

    /** Values for keys whose type does not tell one that is not the default. */
    private static final Map<String, String> VALUES = Map.of(
            "spring.jackson.constructor-detector", "explicit_only",
            "spring.jackson.date-format", "yyyy",
            "spring.jackson.default-property-inclusion", "non_empty",
            "spring.jackson.locale", "de",
            "spring.jackson.property-naming-strategy", "UPPER_CAMEL_CASE",
            "spring.jackson.time-zone", "Asia/Tokyo",
            "spring.jackson.visibility.all", "none");

    private static String usual = "";

    /** The routes of the other tests, and people. */
    @TestConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(App.Routes.class)
    static class Application {

        @Bean
        App.People people(PasswordEncoder encoder) {
            return new App.People(encoder);
        }

        /** Takes no time, which a real one does, for each key. */
        @Bean
        PasswordEncoder passwordEncoder() {
            return new PasswordEncoder() {
                @Override
                public String encode(@Nullable CharSequence password) {
                    return String.valueOf(password);
                }

                @Override
                public boolean matches(@Nullable CharSequence password, @Nullable String encoded) {
                    return String.valueOf(password).equals(encoded);
                }
            };
        }
    }

    @BeforeAll
    static void answerAsUsual() {
        usual = answers();
    }

    /** Each key with what is to be set; keys of formats other than JSON say nothing about ours. */
    static Stream<Arguments> keys() throws Exception {
        URL jar = Class.forName("org.springframework.boot.jackson.autoconfigure.JacksonProperties")
                .getProtectionDomain()
                .getCodeSource()
                .getLocation();
        URL metadata = Collections.list(JacksonSettingsTest.class
                        .getClassLoader()
                        .getResources("META-INF/spring-configuration-metadata.json"))
                .stream()
                .filter(url -> url.toString().contains(jar.getPath()))
                .findFirst()
                .orElseThrow();
        List<Arguments> keys = new ArrayList<>();
        try (InputStream json = metadata.openStream()) {
            for (JsonNode property : JsonMapper.shared().readTree(json).get("properties")) {
                String name = property.get("name").asString();
                if (property.has("type")
                        && !property.has("deprecation")
                        && !name.matches("spring\\.jackson\\.(cbor|xml)\\..*")) {
                    keys.add(arguments(name, other(name, property)));
                }
            }
        }
        return keys.stream();
    }

    /** Properties that are another than the key's default: of a feature each. */
    private static List<String> other(String name, JsonNode property) throws ReflectiveOperationException {
        String type = property.get("type").asString();
        if (type.matches("java.util.Map<.*,java.lang.Boolean>")) {
            List<String> features = new ArrayList<>();
            for (Object constant :
                    Class.forName(type.replaceAll(".*<(.*),.*", "$1")).getEnumConstants()) {
                features.add(name + "."
                        + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-') + "="
                        + !isByDefault((Enum<?>) constant));
            }
            return features;
        }
        return switch (type) {
            case "java.lang.Boolean" ->
                List.of(name + "="
                        + (property.has("defaultValue")
                                && !property.get("defaultValue").asBoolean()));
            case "java.lang.Integer", "java.lang.Long" -> List.of(name + "=1");
            default ->
                VALUES.entrySet().stream()
                        .filter(value -> (value.getKey() + ".").startsWith(name + "."))
                        .map(value -> value.getKey() + "=" + value.getValue())
                        .toList();
        };
    }

    /** All features have the method, and no type in common. */
    private static boolean isByDefault(Enum<?> feature) throws ReflectiveOperationException {
        return (boolean)
                feature.getDeclaringClass().getMethod("enabledByDefault").invoke(feature);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void answersAreTheSame(String key, List<String> properties) {
        assertThat(properties)
                .as("a value of " + key + " that is not its default")
                .isNotEmpty();

        assertThat(answers(properties.toArray(String[]::new))).isEqualTo(usual);
    }

    @Test
    void allAnswersWereGiven() {
        assertThat(usual)
                .contains("\"expires_at\":null", "201 {\"id\":", "422 {", "401 {", "403 {", "\"description\":")
                .doesNotContain("404", "500");
    }

    private static String answers(String... properties) {
        StringBuilder all = new StringBuilder();
        new WebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:jackson" + Math.random(),
                        "sanctum.last-used.enabled=false", // or a list shows one, or not yet
                        "sanctum.endpoints.tokens=true",
                        "sanctum.endpoints.password-token=true")
                .withPropertyValues(properties)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    ask(context, all);
                });
        return all.toString()
                .replaceAll("pat_\\w+", "<token>")
                .replaceAll("\"id\":\\d+", "\"id\":<id>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000Z", "<time>");
    }

    private static void ask(WebApplicationContext context, StringBuilder all) throws Exception {
        MockMvc mvc = MockMvcBuilders.webAppContextSetup(context)
                .apply(springSecurity())
                .build();
        String bearer = AppTest.bearer(context.getBean(Tokens.class)
                .issue(TokenRequest.of(AppTest.ADA, "ci", "orders:read", "tokens:manage")));
        for (MockHttpServletRequestBuilder request : List.of(
                get("/api/tokens/current"),
                get("/api/abilities"),
                get("/api/tokens/policy"),
                get("/api/tokens"),
                post("/api/orders").content("{}"),
                post("/api/tokens")
                        .content("{\"name\":\"für\",\"abilities\":[\"orders:read\"],"
                                + "\"expires_at\":\"2030-01-31T12:00:00+02:00\"}"),
                post("/api/tokens").content("{\"abilities\":\"orders:read\"}"))) {
            all.append(answer(mvc, request.header("Authorization", bearer.substring(15))));
        }
        all.append(answer(mvc, get("/api/orders")));
        all.append(answer(
                mvc,
                post("/sanctum/token")
                        .accept(MediaType.APPLICATION_JSON)
                        .content("{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD
                                + "\",\"device_name\":\"für\"}")));
    }

    private static String answer(MockMvc mvc, MockHttpServletRequestBuilder request) throws Exception {
        MockHttpServletResponse answer = mvc.perform(request.contentType(MediaType.APPLICATION_JSON))
                .andReturn()
                .getResponse();
        return answer.getStatus() + " " + answer.getContentAsString() + "\n";
    }
}
