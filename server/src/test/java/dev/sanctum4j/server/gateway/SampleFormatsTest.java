package dev.sanctum4j.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The samples for gateways that cannot be run here: whether they are what those read, and say what they have to. */
class SampleFormatsTest {

    /** What Envoy calls the messages that stand inside {@code typed_config}. */
    private static final Map<String, Descriptor> EXTENSIONS = Stream.of(
                    HttpConnectionManager.getDescriptor(),
                    HeaderMutation.getDescriptor(),
                    ExtAuthz.getDescriptor(),
                    Router.getDescriptor())
            .collect(Collectors.toMap(type -> "type.googleapis.com/" + type.getFullName(), type -> type));

    private static final String[] IDENTITY = {"X-Auth-Subject", "X-Auth-Token-Id", "X-Auth-Abilities", "X-Auth-Actor"};

    private static Object read(String name) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options)).load(Files.readString(Path.of("..", "docs", "gateways", name)));
    }

    /** What stands at a path of keys and indexes. */
    private static Object at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found = step instanceof Integer index ? ((List<?>) found).get(index) : ((Map<?, ?>) found).get(step);
            assertThat(found).as("%s of %s", step, List.of(path)).isNotNull();
        }
        return found;
    }

    private static List<Object> list(Object tree, Object... path) {
        return List.copyOf((List<?>) at(tree, path));
    }

    // ---- Envoy

    @Test
    void envoyKnowsEveryKeyAndEveryValue() throws IOException {
        assertReadable("", Bootstrap.getDescriptor(), read("envoy.yaml"));
    }

    private static void assertReadable(String where, Descriptor type, Object value) {
        assertThat(value).as(where).isInstanceOf(Map.class);
        Descriptor message = type;
        if (type.getFullName().equals("google.protobuf.Any")) {
            message = EXTENSIONS.get(String.valueOf(((Map<?, ?>) value).get("@type")));
            assertThat(message).as(where + "@type").isNotNull();
        }
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            if (!entry.getKey().equals("@type")) {
                String key = where + entry.getKey();
                FieldDescriptor field = message.findFieldByName(String.valueOf(entry.getKey()));
                assertThat(field).as(key).isNotNull();
                List<?> values = List.of(entry.getValue());
                if (field.isRepeated()) {
                    assertThat(entry.getValue()).as(key).isInstanceOf(List.class);
                    values = (List<?>) entry.getValue();
                }
                values.forEach(one -> assertFits(key, field, one));
            }
        }
    }

    private static void assertFits(String where, FieldDescriptor field, Object value) {
        switch (field.getJavaType()) {
            case STRING -> assertThat(value).as(where).isInstanceOf(String.class);
            case BOOLEAN -> assertThat(value).as(where).isInstanceOf(Boolean.class);
            case INT, LONG -> assertThat(value).as(where).isInstanceOf(Integer.class);
            case ENUM -> assertThat(value).as(where).isIn(names(field.getEnumType()));
            case MESSAGE -> {
                String type = field.getMessageType().getFullName();
                if (type.equals("google.protobuf.Duration")) {
                    assertThat(value).as(where).asString().matches("\\d+(\\.\\d+)?s");
                } else if (type.equals("google.protobuf.BoolValue")) {
                    assertThat(value).as(where).isInstanceOf(Boolean.class);
                } else {
                    assertReadable(where + ".", field.getMessageType(), value);
                }
            }
            default -> throw new AssertionError(where + " is of a type that no sample has needed");
        }
    }

    private static Set<Object> names(EnumDescriptor type) {
        return type.getValues().stream()
                .flatMap(value -> Stream.of((Object) value.getName(), (Object) value.getNumber()))
                .collect(Collectors.toSet());
    }

    @Test
    void envoyAsksBeforeAnythingGoesOn() throws IOException {
        Object connections = at(
                read("envoy.yaml"),
                "static_resources",
                "listeners",
                0,
                "filter_chains",
                0,
                "filters",
                0,
                "typed_config");

        assertThat(at(connections, "common_http_protocol_options", "headers_with_underscores_action"))
                .isEqualTo("DROP_HEADER");
        assertThat(connections.toString()).doesNotContain("upgrade_configs"); // without, Envoy upgrades nothing
        assertThat(at(connections, "http_filters", 0, "name")).isEqualTo("envoy.filters.http.header_mutation");
        assertThat(list(connections, "http_filters", 0, "typed_config", "mutations", "request_mutations"))
                .extracting(mutation -> at(mutation, "remove"))
                .contains("x-auth-subject", "x-auth-token-id", "x-auth-abilities");
        Object question = at(connections, "http_filters", 1, "typed_config");
        assertThat(at(question, "failure_mode_allow")).isEqualTo(false);
        assertThat(at(question, "status_on_error", "code")).isEqualTo(503);
        assertThat(at(question, "http_service", "path_prefix")).isEqualTo("/verify");
        assertThat(list(question, "http_service", "authorization_request", "allowed_headers", "patterns"))
                .extracting(pattern -> (Object) ((Map<?, ?>) pattern).get("exact"))
                .contains("cookie", "origin", "x-xsrf-token", "x-http-method-override")
                .doesNotContain("connection", "upgrade");
        assertThat(at(connections, "http_filters", 2, "name")).isEqualTo("envoy.filters.http.router");
        assertThat(list(connections, "http_filters")).hasSize(3);
    }

    // ---- Traefik

    @Test
    void traefikForgetsWhatTheClientSaysBeforeItAsks() throws IOException {
        Object http = at(read("traefik.yaml"), "http");
        Map<?, ?> removed = (Map<?, ?>) at(http, "middlewares", "no-smuggling", "headers", "customRequestHeaders");
        assertThat(removed.values()).allMatch(""::equals); // which removes; anything else would set
        assertThat(removed.keySet().stream().map(String::valueOf))
                .contains(IDENTITY)
                .contains("Connection", "Upgrade", "HTTP2-Settings");

        Map<?, ?> routers = (Map<?, ?>) at(http, "routers");
        assertThat(routers).hasSize(2);
        for (Object router : routers.values()) {
            List<Object> middlewares = list(router, "middlewares");
            assertThat(at(router, "entryPoints")).isEqualTo(List.of("web"));
            assertThat(middlewares).hasSize(3).startsWith("no-smuggling").endsWith("no-token");
            Object question = at(http, "middlewares", middlewares.get(1), "forwardAuth");
            assertThat(at(question, "address")).asString().startsWith("http://127.0.0.1:8080/verify");
            assertThat(at(question, "trustForwardHeader")).isEqualTo(false);
            assertThat(at(question, "authResponseHeaders")).isEqualTo(List.of(IDENTITY));
            assertThat(((Map<?, ?>) at(http, "services")).containsKey(at(router, "service")))
                    .isTrue();
        }
        assertThat(at(http, "middlewares", "no-token", "headers", "customRequestHeaders"))
                .isEqualTo(Map.of("Authorization", ""));
        assertThat(((Map<?, ?>) http).keySet().stream().map(String::valueOf))
                .containsExactlyInAnyOrder("middlewares", "routers", "services");
    }

    @Test
    void traefikDropsNamesThatServicesReadAsOthers() throws IOException {
        assertThat(at(read("traefik-static.yaml"), "entryPoints"))
                .isEqualTo(Map.of(
                        "web", Map.of("address", "127.0.0.1:8000", "http", Map.of("aliasHeadersStrategy", "delete"))));
    }
}
