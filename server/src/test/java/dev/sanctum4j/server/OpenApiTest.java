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
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.lang.reflect.AnnotatedElement;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
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
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description that the server serves is made here, from its controllers and from {@code docs/http.md}, and is a file of it: at
 * run time it costs nothing. After a change of routes: {@code ./mvnw -pl server test -Dtest=OpenApiTest -Dsanctum.openapi=write}.
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

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

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

    /** What the page and a controller say differently. */
    private static final Set<String> DIFFERENT = new ConcurrentSkipListSet<>();

    /** The kinds of what is sent, by names: a name means the same everywhere. */
    private static Schema<?> schema(String field) {
        return switch (field) {
            case "abilities" -> new ArraySchema().items(new StringSchema());
            case "lifetime" -> new IntegerSchema();
            case "disabled", "remember", "revoke_tokens" -> new BooleanSchema();
            case "expires_at" -> new StringSchema().format("date-time");
            default -> new StringSchema();
        };
    }

    /** The kinds of what comes back, where a name tells. */
    private static Schema<?> told(String field) {
        return field.endsWith("_at")
                ? new StringSchema()
                        .types(new TreeSet<>(Set.of("null", "string"))) // a Set.of has another order in every process
                        .format("date-time")
                : new Schema<>();
    }

    private static RequestBody body(List<HttpPage.Field> fields, String... types) {
        ObjectSchema object = new ObjectSchema();
        for (HttpPage.Field field : fields) {
            object.addProperty(field.name(), schema(field.name()));
            if (!field.optional()) {
                object.addRequiredItem(field.name());
            }
        }
        Content content = new Content();
        for (String type : types) {
            content.addMediaType(type, new MediaType().schema(object));
        }
        return new RequestBody().required(object.getRequired() != null).content(content);
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
                    item.readOperationsMap().forEach((method, one) -> {
                        finish(path, one);
                        HttpPage.Route told =
                                HttpPage.ROUTES.get((path.startsWith("/verify") ? "*" : method) + " " + path);
                        if (told != null) { // or HttpPageTest says so
                            new AsThePageSays(told, one, api.getComponents()).finish();
                        }
                    });
                });
                HttpPage.FORMS.forEach((name, fields) -> form(api.getComponents(), name, fields));
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
            operation
                    .getResponses()
                    .addApiResponse(
                            "default",
                            new ApiResponse()
                                    .description("A problem")
                                    .content(new Content().addMediaType("application/problem+json", new MediaType())));
        }

        private static void form(Components components, String name, List<HttpPage.Field> fields) {
            Set<String> names =
                    fields.stream().map(HttpPage.Field::name).collect(Collectors.toCollection(TreeSet::new));
            Schema<?> known = components.getSchemas().get(name);
            if (known == null) {
                ObjectSchema made = new ObjectSchema();
                for (HttpPage.Field field : fields) {
                    made.addProperty(field.name(), told(field.name()));
                    if (!field.optional()) {
                        made.addRequiredItem(field.name());
                    }
                }
                components.addSchemas(name, made);
            } else if (!names.equals(known.getProperties().keySet())) {
                DIFFERENT.add("the form " + name + ": " + names + ", but "
                        + known.getProperties().keySet());
            }
        }

        /** Pages are for people. */
        private static boolean isPage(Operation operation) {
            return operation.getTags().contains("Pages")
                    || operation.getResponses().values().stream()
                            .anyMatch(answer -> answer.getContent() != null
                                    && answer.getContent().containsKey("text/html"));
        }
    }

    /** What a controller cannot tell about one of its routes. */
    private record AsThePageSays(HttpPage.Route told, Operation operation, Components components) {

        void finish() {
            operation.setSummary(told.plain());
            query();
            told.headers()
                    .forEach(header -> operation.addParametersItem(new HeaderParameter()
                            .name(header.name())
                            .description("At most 64 visible characters of ASCII, made up for this token")
                            .schema(new StringSchema().minLength(1).maxLength(64))));
            body("JSON", JSON);
            body("form", FORM);
            body("", JSON, FORM);
            ApiResponses responses = new ApiResponses();
            told.answers().forEach(answer -> answer(responses, answer));
            if (!told.headers().isEmpty()) {
                responses
                        .get("200")
                        .addHeaderObject(
                                "Idempotent-Replayed",
                                new Header()
                                        .description("true: the token was made before; its text is not told again")
                                        .schema(new StringSchema()));
            }
            if (told.mapping().equals("POST /sanctum/token")) { // a bare text, to those who do not ask for JSON
                responses
                        .get("200")
                        .addHeaderObject(
                                "Sanctum-Expires-At",
                                new Header()
                                        .description("When it expires, if it does; with the bare text")
                                        .schema(new StringSchema().format("date-time")))
                        .getContent()
                        .addMediaType("text/plain", new MediaType().schema(new StringSchema()));
            }
            operation.setResponses(responses);
        }

        private void body(String part, String... types) {
            if (!told.fields(part).isEmpty()) {
                operation.setRequestBody(OpenApiTest.body(told.fields(part), types));
            }
        }

        /** Which are read, and which of them must be there, the controller knows. */
        private void query() {
            Set<HttpPage.Field> read = new HashSet<>();
            for (Parameter one : Objects.requireNonNullElse(operation.getParameters(), List.<Parameter>of())) {
                if (one.getIn().equals("query")) {
                    read.add(new HttpPage.Field(one.getName(), !Boolean.TRUE.equals(one.getRequired())));
                }
            }
            if (!read.equals(Set.copyOf(told.fields("query")))) {
                DIFFERENT.add(told.mapping() + " reads " + read);
            }
        }

        private void answer(ApiResponses responses, HttpPage.Answer answer) {
            String status = Integer.toString(answer.status());
            ApiResponse response = responses.get(status);
            if (response == null) {
                response = new ApiResponse()
                        .description(HttpStatus.valueOf(answer.status()).getReasonPhrase());
                responses.addApiResponse(status, response);
            }
            if (answer.code() != null) {
                String before = response.getContent() == null ? "" : response.getDescription() + ", ";
                response.description(before + answer.code())
                        .content(new Content().addMediaType("application/problem+json", new MediaType()));
            } else if (answer.form() != null) {
                Schema<?> form = new Schema<>().$ref("#/components/schemas/" + answer.form());
                response.content(new Content()
                        .addMediaType(
                                "application/json",
                                new MediaType().schema(answer.list() ? new ArraySchema().items(form) : form)));
            }
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
        assertThat(DIFFERENT).as("what docs/http.md says otherwise").isEmpty();
        assertThat(JsonMapper.shared().readTree(Files.readString(FILE)))
                .as("the routes have changed: ./mvnw -pl server test -Dtest=OpenApiTest -Dsanctum.openapi=write")
                .isEqualTo(JsonMapper.shared().readTree(generated));
    }

    /** That they take JSON, all of the tests show. */
    @Test
    void formsAreTakenWhereThePageSaysSo() {
        Client person = new Client(port);
        assertThat(person.signIn("admin@localhost", ServerTest.PASSWORD)).isEqualTo(204);
        Set<String> taken = new TreeSet<>();
        Set<String> told = new TreeSet<>();
        HttpPage.ROUTES.forEach((name, route) -> {
            String[] words = name.split(" ", 2);
            boolean form = !route.fields("form").isEmpty() || !route.fields("").isEmpty();
            if (form || !route.fields("JSON").isEmpty()) {
                if (form) {
                    told.add(name);
                }
                String path = words[1].replaceAll("\\{[^}]*}", "9999999");
                if (person.page(words[0], path, "nothing=1", FORM).statusCode() != 415) {
                    taken.add(name);
                }
            }
        });

        assertThat(taken).isEqualTo(told).isNotEmpty();
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
