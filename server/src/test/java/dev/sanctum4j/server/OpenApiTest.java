package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.http.MediaType.TEXT_HTML;

import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.lang.reflect.AnnotatedElement;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description that the server serves is made here, from its controllers, and is a file of it: at run time it costs
 * nothing. After a change of routes: {@code ./mvnw -pl server test -Dtest=OpenApiTest -Dsanctum.openapi=write}.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:openapi;DB_CLOSE_DELAY=-1",
            "SANCTUM_ADMIN_PASSWORD=" + ServerTest.PASSWORD,
            "management.server.port=0",
            "sanctum.oidc.issuer=http://localhost:1",
            "sanctum.oidc.client-id=nobody",
            "springdoc.api-docs.enabled=true",
            "springdoc.api-docs.path=/api/generated",
            "springdoc.writer-with-order-by-keys=true",
            "springdoc.writer-with-default-pretty-printer=true",
            "springdoc.override-with-generic-response=false",
            "springdoc.default-produces-media-type=application/json"
        })
class OpenApiTest {

    private static final Path FILE = Path.of("src/main/resources/static/openapi.json");

    /** Routes that need no sign-in. */
    private static final Set<String> OPEN = Set.of(
            "/login",
            "/login/invitation",
            "/sanctum/csrf-cookie",
            "/sanctum/token",
            "/sanctum/device_authorization",
            "/sanctum/device_token",
            "/.well-known/oauth-protected-resource");

    /** Routes that take a person. */
    private static final Set<String> SESSIONS_ONLY = Set.of(
            "/api/activity",
            "/api/approval",
            "/api/approval/allow",
            "/api/approval/deny",
            "/api/requests",
            "/api/requests/open",
            "/api/requests/{id}",
            "/api/requests/{id}/allow",
            "/api/requests/{id}/claim",
            "/api/requests/{id}/deny",
            "/api/sessions",
            "/api/sessions/{shown}",
            "/api/tokens/identify",
            "/api/tokens/{id}/rotate",
            "/logout",
            "/sanctum/confirm/{registration}",
            "/user/confirm-password",
            "/user/identity",
            "/user/password");

    private static final Schema<?> TEXT = new StringSchema();
    private static final Schema<?> CHOICE = new BooleanSchema();
    private static final Schema<?> TEXTS = new ArraySchema().items(new StringSchema());

    /** What the controllers read within limits. */
    private static final Map<String, RequestBody> BODIES = new TreeMap<>(Map.ofEntries(
            Map.entry(
                    "POST /api/tokens",
                    body(Map.of(
                            "name",
                            TEXT,
                            "abilities",
                            TEXTS,
                            "expires_at",
                            new StringSchema().format("date-time"),
                            "actor",
                            TEXT))),
            Map.entry("PATCH /api/tokens/{id}", body(Map.of("name", TEXT, "abilities", TEXTS))),
            Map.entry(
                    "POST /api/tokens/{id}/rotate",
                    body(Map.of("expires_at", new StringSchema().format("date-time")))
                            .required(false)),
            Map.entry("POST /api/admin/clients", body(Map.of("client_id", TEXT, "abilities", TEXTS))),
            Map.entry(
                    "POST /api/admin/people",
                    body(Map.of("name", TEXT, "email", TEXT, "password", TEXT, "role", TEXT))),
            Map.entry("PATCH /api/admin/people/{id}", body(Map.of("disabled", CHOICE, "role", TEXT))),
            Map.entry("PUT /api/admin/people/{id}/password", body(Map.of("password", TEXT, "revoke_tokens", CHOICE))),
            Map.entry(
                    "PUT /user/password",
                    body(Map.of(
                            "current_password",
                            TEXT,
                            "password",
                            TEXT,
                            "password_confirmation",
                            TEXT,
                            "revoke_tokens",
                            CHOICE))),
            Map.entry("POST /user/confirm-password", body(Map.of("password", TEXT))),
            Map.entry("POST /login", body(Map.of("email", TEXT, "password", TEXT, "remember", CHOICE))),
            Map.entry(
                    "POST /sanctum/token",
                    body(Map.of("email", TEXT, "password", TEXT, "device_name", TEXT, "abilities", TEXTS)))));

    static {
        BODIES.put("POST /api/tokens/identify", body(Map.of("token", TEXT)));
        BODIES.put("POST /login/invitation", body(Map.of("code", TEXT)));
        BODIES.put(
                "POST /api/requests", body(Map.of("name", TEXT, "abilities", TEXTS, "lifetime", new IntegerSchema())));
        BODIES.put("POST /api/requests/{id}/allow", body(Map.of("abilities", TEXTS, "lifetime", new IntegerSchema())));
        BODIES.put("POST /api/approval", body(Map.of("user_code", TEXT)));
        BODIES.put("POST /api/approval/deny", body(Map.of("user_code", TEXT)));
        BODIES.put(
                "POST /api/approval/allow",
                body(Map.of("user_code", TEXT, "account", TEXT, "abilities", TEXTS, "lifetime", new IntegerSchema())));
        BODIES.put(
                "POST /sanctum/device_authorization",
                form(Map.of("client_id", TEXT, "client_name", TEXT, "scope", TEXT, "lifetime", new IntegerSchema())));
        BODIES.put(
                "POST /sanctum/device_token", form(Map.of("grant_type", TEXT, "device_code", TEXT, "client_id", TEXT)));
    }

    private static RequestBody body(Map<String, Schema<?>> fields) {
        return body("application/json", fields);
    }

    private static RequestBody form(Map<String, Schema<?>> fields) {
        return body("application/x-www-form-urlencoded", fields);
    }

    private static RequestBody body(String type, Map<String, Schema<?>> fields) {
        ObjectSchema object = new ObjectSchema();
        new TreeMap<>(fields).forEach(object::addProperty);
        return new RequestBody()
                .required(true)
                .content(new Content().addMediaType(type, new MediaType().schema(object)));
    }

    /** Routes that ask for an ability without an annotation, since {@code *} is not enough. */
    private static final Set<String> MANAGING = Set.of("/api/tokens", "/api/tokens/{id}");

    @LocalServerPort
    private int port;

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @TestConfiguration(proxyBeanMethods = false)
    static class Description {

        @Bean
        OpenAPI openApi() {
            return new OpenAPI()
                    .info(new Info()
                            .title("Sanctum4j")
                            .version("1")
                            .description("Errors are problems (RFC 9457) that also carry Laravel's message and errors."
                                    + " The names behind a scheme are the abilities that a token needs.")
                            .license(new License().name("Apache-2.0")))
                    .components(new Components()
                            .addSecuritySchemes(
                                    "token",
                                    new SecurityScheme()
                                            .type(SecurityScheme.Type.HTTP)
                                            .scheme("bearer"))
                            .addSecuritySchemes(
                                    "session",
                                    new SecurityScheme()
                                            .type(SecurityScheme.Type.APIKEY)
                                            .in(SecurityScheme.In.COOKIE)
                                            .name("sanctum_session"))
                            .addSecuritySchemes(
                                    "client",
                                    new SecurityScheme()
                                            .type(SecurityScheme.Type.HTTP)
                                            .scheme("basic")));
        }

        @Bean
        GlobalOperationCustomizer abilities() {
            return (operation, method) -> {
                List<String> all = abilitiesOf(method);
                return operation
                        .operationId(method.getBeanType().getSimpleName().replace("Controller", "") + "."
                                + method.getMethod().getName())
                        .tags(List.of(method.getBeanType().getSimpleName().replace("Controller", "")))
                        .addSecurityItem(new SecurityRequirement().addList("token", all))
                        .addSecurityItem(new SecurityRequirement().addList("session"));
            };
        }

        @Bean
        OpenApiCustomizer routes() {
            return api -> {
                api.setServers(List.of(new Server().url("/")));
                api.getPaths().remove("/error");
                api.getPaths().forEach((path, item) -> {
                    if (item.getGet() != null && isPage(item.getGet())) {
                        item.setGet(null);
                    }
                    item.readOperations().forEach(one -> finish(path, one));
                    item.readOperationsMap()
                            .forEach((method, one) -> Optional.ofNullable(BODIES.get(method + " " + path))
                                    .ifPresent(one::setRequestBody));
                });
                api.getPaths()
                        .replaceAll((path, item) -> path.startsWith("/verify") // takes every method
                                ? new PathItem().get(item.getGet())
                                : item);
                api.getPaths().values().removeIf(item -> item.readOperations().isEmpty());
            };
        }

        private static void finish(String path, Operation operation) {
            if (OPEN.contains(path)) {
                operation.setSecurity(List.of());
            } else if (path.startsWith("/oauth2/")) {
                operation.setSecurity(List.of(new SecurityRequirement().addList("client")));
            } else if (SESSIONS_ONLY.contains(path)) {
                operation.setSecurity(List.of(new SecurityRequirement().addList("session")));
            } else if (MANAGING.contains(path)) {
                operation.getSecurity().get(0).addList("token", "tokens:manage");
            }
            if (path.startsWith("/sanctum/device_")) { // the form of OAuth, in errors too
                ApiResponse json = new ApiResponse()
                        .description("As RFC 8628 has it")
                        .content(new Content()
                                .addMediaType("application/json", new MediaType().schema(new ObjectSchema())));
                operation.getResponses().addApiResponse("200", json);
                operation.getResponses().addApiResponse("400", json);
            }
            if ("Tokens.create".equals(operation.getOperationId())) {
                operation.addParametersItem(new HeaderParameter()
                        .name("Idempotency-Key")
                        .description("Sent again with the same request within ten minutes, it makes no second token")
                        .schema(new StringSchema().minLength(1).maxLength(64)));
                operation
                        .getResponses()
                        .get("200")
                        .addHeaderObject(
                                "Idempotent-Replayed",
                                new Header()
                                        .description("true, if the token was made before; its secret is not told again")
                                        .schema(new StringSchema()));
            }
            if (path.equals("/sanctum/token")) { // it writes its answer itself
                operation.getResponses().addApiResponse("200", exchanged());
            }
            if (path.equals("/api/tokens/policy")) { // a map in the program: what is not there is not said
                operation.getResponses().addApiResponse("200", policy());
            }
            operation
                    .getResponses()
                    .addApiResponse(
                            "default",
                            new ApiResponse()
                                    .description("A problem")
                                    .content(new Content().addMediaType("application/problem+json", new MediaType())));
        }

        private static ApiResponse policy() {
            Schema<?> policy = new ObjectSchema()
                    .addProperty("abilities", new ArraySchema().items(new StringSchema()))
                    .addProperty(
                            "asleep_from",
                            new StringSchema()
                                    .format("date-time")
                                    .description(
                                            "From when on the tokens sleep, unless a provider signs the caller in"))
                    .addProperty("max_name_length", new IntegerSchema())
                    .addProperty(
                            "on_request",
                            new ArraySchema()
                                    .items(new StringSchema())
                                    .description("Abilities that take an administrator's yes"))
                    .addProperty(
                            "roles_as_of",
                            new StringSchema()
                                    .format("date-time")
                                    .description("When a provider told the caller's role"));
            policy.addProperty(
                    "last_used",
                    new BooleanSchema().description("False where nobody writes down when tokens are used"));
            policy.addProperty(
                    "presets",
                    new ArraySchema()
                            .items(new ObjectSchema()
                                    .addProperty("name", new StringSchema())
                                    .addProperty("abilities", new ArraySchema().items(new StringSchema())))
                            .description("Abilities that are ticked together"));
            for (String limit : List.of("default_lifetime", "idle_expiry", "max_lifetime", "max_tokens")) {
                policy.addProperty(limit, new Schema<>().description("A number; null if there is no limit"));
            }
            return new ApiResponse()
                    .description("Lifetimes are in seconds; times are there only where they mean something")
                    .content(new Content().addMediaType("application/json", new MediaType().schema(policy)));
        }

        private static ApiResponse exchanged() {
            return new ApiResponse()
                    .description("The token: as a bare text, or to those who ask for JSON as after POST /api/tokens")
                    .addHeaderObject(
                            "Sanctum-Expires-At",
                            new Header()
                                    .description("When it expires, if it does; with the bare text")
                                    .schema(new StringSchema().format("date-time")))
                    .content(new Content()
                            .addMediaType("text/plain", new MediaType().schema(new StringSchema()))
                            .addMediaType("application/json", new MediaType().schema(new ObjectSchema())));
        }

        /** Pages are for people. */
        private static boolean isPage(Operation operation) {
            return operation.getTags().contains("Pages")
                    || operation.getResponses().values().stream()
                            .anyMatch(answer -> answer.getContent() != null
                                    && answer.getContent().containsKey("text/html"));
        }
    }

    private static List<String> abilitiesOf(HandlerMethod method) {
        List<String> all = of(method.getMethod());
        return all.isEmpty() ? of(method.getBeanType()) : all;
    }

    private static List<String> of(AnnotatedElement element) {
        List<String> all = new ArrayList<>();
        RequiresAbility every = AnnotatedElementUtils.findMergedAnnotation(element, RequiresAbility.class);
        if (every != null) {
            all.addAll(List.of(every.value()));
        }
        RequiresAnyAbility any = AnnotatedElementUtils.findMergedAnnotation(element, RequiresAnyAbility.class);
        if (any != null) {
            all.addAll(List.of(any.value()));
        }
        return all;
    }

    private JsonNode served() throws Exception {
        HttpResponse<String> answer = new Client(port).get("/openapi.json");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return Client.json(answer);
    }

    @Test
    void servedDescriptionIsThatOfTheControllers() throws Exception {
        Client client = new Client(port);
        String token = client.exchange("admin@localhost", ServerTest.PASSWORD);
        String generated = client.bearer("GET", "/api/generated", token).body() + "\n";
        if ("write".equals(System.getProperty("sanctum.openapi"))) {
            Files.writeString(FILE, generated);
        }
        assertThat(JsonMapper.shared().readTree(Files.readString(FILE)))
                .as("the routes have changed: ./mvnw -pl server test -Dtest=OpenApiTest -Dsanctum.openapi=write")
                .isEqualTo(JsonMapper.shared().readTree(generated));
    }

    @Test
    void everyRouteIsInItWithItsAbilities() throws Exception {
        JsonNode paths = JsonMapper.shared().readTree(Files.readString(FILE)).get("paths");
        Set<String> missing = new TreeSet<>();
        requestMappingHandlerMapping.getHandlerMethods().forEach((route, method) -> {
            for (String path : route.getPatternValues()) {
                if (path.equals("/error")
                        || path.startsWith("/api/generated")
                        || method.getBeanType().getSimpleName().startsWith("Pages")
                        || route.getProducesCondition()
                                .getProducibleMediaTypes()
                                .contains(TEXT_HTML)) {
                    continue;
                }
                Set<RequestMethod> verbs = route.getMethodsCondition().getMethods();
                (verbs.isEmpty() ? Set.of(RequestMethod.GET) : verbs).forEach(verb -> {
                    JsonNode operation = paths.path(path).path(verb.name().toLowerCase(Locale.ROOT));
                    if (operation.isMissingNode()) {
                        missing.add(verb + " " + path);
                    }
                    for (String ability : abilitiesOf(method)) {
                        assertThat(operation
                                        .path("security")
                                        .path(0)
                                        .path("token")
                                        .toString())
                                .as(path)
                                .contains('"' + ability + '"');
                    }
                });
            }
        });
        assertThat(missing).isEmpty();
        assertThat(paths.path("/oauth2/introspect")
                        .path("post")
                        .path("security")
                        .toString())
                .isEqualTo("[{\"client\":[]}]");
    }

    @Test
    void everybodyMayReadIt() throws Exception {
        assertThat(new ClassPathResource("static/openapi.json").exists()).isTrue();
        assertThat(served().get("openapi").asString()).startsWith("3.");
    }
}
