package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The dashboard and the alerts ask for what a server tells, and the page on operations names all that is ours: held against a real one on
 * PostgreSQL, to which everything happens that a figure waits for, and which Prometheus asks where it is installed.
 */
@ExtendWith(TestDatabases.class)
class MonitoringTest {

    private static final Path FOLDER =
            Path.of("..", "packaging", "monitoring").toAbsolutePath().normalize();

    /** Of Prometheus itself. */
    private static final Set<String> NOT_SCRAPED = Set.of("up");

    private static final Set<String> OF_AN_OUTAGE =
            Set.of("SanctumChecksFail", "SanctumUnavailable", "SanctumFeedLost", "SanctumNotTrusted");

    /** Those that Prometheus gives each sample. */
    private static final Set<String> GIVEN = Set.of("job", "instance");

    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w$])([a-zA-Z_]\\w*)(?![\\w(])(?!\\s*\\()(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|=)\"([^\"]*)\"");

    /** @param labels without those that Prometheus gives */
    private record Sample(String name, Map<String, String> labels) {}

    /** @param where to find it */
    private record Query(String where, String expression, String legend) {}

    @TempDir
    private static Path scratch;

    private static PostgresServerTest.@Nullable Line line;
    private static @Nullable ConfigurableApplicationContext server;
    private static @Nullable Process prometheus;
    private static int prometheusPort;
    private static final Set<String> alerted = new HashSet<>();
    private static Collection<Sample> scrape = List.of();

    @BeforeAll
    static void start() throws Exception {
        String url = PostgresServerTest.url();
        line = new PostgresServerTest.Line(Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1")));
        server = PostgresServerTest.start(
                url.replaceAll("//[^/]*/", "//127.0.0.1:" + line.port() + "/"),
                "--spring.datasource.hikari.connection-timeout=1000");
        if (Files.exists(Path.of("/usr/bin/prometheus"))) {
            prometheus = prometheus();
            Programs.await(
                    "prometheus",
                    60,
                    () -> new Client(prometheusPort).get("/-/ready").statusCode() == 200);
        }
        happen();
        scrape = samples(management().get("/actuator/prometheus").body());
    }

    @AfterAll
    static void stop() throws Exception {
        if (prometheus != null) {
            prometheus.destroy();
            prometheus.waitFor(20, TimeUnit.SECONDS);
        }
        if (line != null) {
            line.mend();
        }
        if (server != null) {
            server.close();
        }
        if (line != null) {
            line.close();
        }
    }

    private static ConfigurableApplicationContext server() {
        return Objects.requireNonNull(server);
    }

    private static int managementPort() {
        return server().getEnvironment().getRequiredProperty("local.management.port", Integer.class);
    }

    private static Client management() {
        return new Client(managementPort());
    }

    /** What is told only once it has happened: answers of each kind and route, and an outage, for as long as Prometheus looks at it. */
    private static void happen() throws Exception {
        Client client = PostgresServerTest.client(server());
        String token = client.exchange("root@example.test", PostgresServerTest.PASSWORD);
        assertThat(client.signIn("root@example.test", PostgresServerTest.PASSWORD))
                .isEqualTo(204);
        assertThat(client.page(
                                "POST",
                                "/user/confirm-password",
                                "{\"password\":\"" + PostgresServerTest.PASSWORD + "\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(client.bearer("GET", "/api/user", token).statusCode()).isEqualTo(200);
        assertThat(client.bearer("GET", "/api/user", "wrong").statusCode()).isEqualTo(401);
        Programs.await(
                "429",
                60,
                () -> client.exchanged("nobody@example.test", "wrong").statusCode() == 429);
        System.gc(); // whose pauses are told from the first one on
        Objects.requireNonNull(line).cut();
        Programs.await("503", 60, () -> client.bearer("GET", "/api/user", token).statusCode() == 503);
        assertThat(client.exchanged("root@example.test", PostgresServerTest.PASSWORD)
                        .statusCode())
                .isEqualTo(503);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (prometheus != null && !alerted.containsAll(OF_AN_OUTAGE) && System.nanoTime() < end) {
            client.bearer("GET", "/api/user", token);
            client.exchanged("nobody@example.test", "wrong");
            alerted.addAll(alerts());
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static Process prometheus() throws IOException {
        prometheusPort = Programs.freePort();
        Path settings = scratch.resolve("prometheus.yml");
        Files.writeString(
                settings,
                Files.readString(FOLDER.resolve("prometheus.yml"))
                        .replace("alerts.yml", FOLDER.resolve("alerts.yml").toString())
                        .replace("127.0.0.1:9090", "127.0.0.1:" + managementPort())
                        .replace("15s", "1s"));
        return new ProcessBuilder(
                        "/usr/bin/prometheus",
                        "--config.file=" + settings,
                        "--storage.tsdb.path=" + scratch.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + prometheusPort)
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("prometheus.log").toFile())
                .start();
    }

    private static JsonNode ask(String path) {
        JsonNode answer = Client.json(new Client(prometheusPort).get("/api/v1/" + path));
        assertThat(answer.path("status").asString()).as("%s: %s", path, answer).isEqualTo("success");
        return answer.get("data");
    }

    /** Those that are about to fire, or do. */
    private static Set<String> alerts() {
        Set<String> names = new HashSet<>();
        ask("alerts")
                .get("alerts")
                .forEach(alert -> names.add(alert.at("/labels/alertname").asString()));
        return names;
    }

    private static List<Sample> samples(String text) {
        return text.lines()
                .filter(told -> !told.startsWith("#"))
                .map(told -> {
                    int end = told.indexOf('{');
                    Map<String, String> labels = new HashMap<>();
                    for (Matcher label = MATCHER.matcher(told); label.find(); ) {
                        labels.put(label.group(1), label.group(3));
                    }
                    return new Sample(told.substring(0, end < 0 ? told.indexOf(' ') : end), labels);
                })
                .toList();
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(FOLDER.resolve("dashboard.json")));
    }

    private static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        dashboard().get("panels").forEach(panels::add);
        return panels;
    }

    private static List<Query> dashboardQueries() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Query(
                        "panel '" + panel.get("title").asString() + "'",
                        target.get("expr").asString(),
                        target.get("legendFormat").asString()));
            }
        }
        return queries;
    }

    private static List<Map<String, Object>> rules() throws IOException {
        return entries(entries(yaml("alerts.yml"), "groups").get(0), "rules");
    }

    private static Map<String, Object> yaml(String file) throws IOException {
        return new Yaml().load(Files.readString(FOLDER.resolve(file)));
    }

    @SuppressWarnings("unchecked") // what stands in a list of ours
    private static List<Map<String, Object>> entries(Map<String, Object> of, String key) {
        return (List<Map<String, Object>>) of.getOrDefault(key, List.of());
    }

    private static List<Query> alertQueries() throws IOException {
        return rules().stream()
                .map(rule -> new Query("alert " + rule.get("alert"), String.valueOf(rule.get("expr")), ""))
                .toList();
    }

    /** The name, each label, each of several values, and what a legend or a grouping goes by. */
    @Test
    void everyQueryAsksForWhatAServerTells() throws IOException {
        List<String> missing = new ArrayList<>();
        int asked = 0;
        for (Query query : Stream.concat(dashboardQueries().stream(), alertQueries().stream())
                .toList()) {
            Set<String> groupings = new TreeSet<>();
            for (Matcher by = GROUPING.matcher(query.expression()); by.find(); ) {
                groupings.addAll(List.of(by.group(1).split("\\s*,\\s*", -1)));
            }
            Pattern.compile("\\{\\{(\\w+)}}")
                    .matcher(query.legend())
                    .results()
                    .forEach(label -> groupings.add(label.group(1)));
            groupings.removeAll(GIVEN);
            String bare = GROUPING.matcher(query.expression()).replaceAll("").replaceAll("\\[[^]]*]", "");
            for (Matcher selector = SELECTOR.matcher(bare); selector.find(); ) {
                String name = selector.group(1);
                if (Set.of("and", "or").contains(name) || NOT_SCRAPED.contains(name)) {
                    continue;
                }
                asked++;
                List<Sample> found = scrape.stream()
                        .filter(sample -> sample.name().equals(name))
                        .toList();
                if (found.isEmpty()) {
                    missing.add(query.where() + ": nobody tells " + name);
                }
                for (Matcher label = MATCHER.matcher(String.valueOf(selector.group(2))); label.find(); ) {
                    String key = label.group(1);
                    for (String value : label.group(3).split("\\|", -1)) {
                        if (!GIVEN.contains(key)
                                && found.stream()
                                        .noneMatch(sample -> sample.labels()
                                                .getOrDefault(key, "")
                                                .matches(value))) {
                            missing.add(query.where() + ": no " + name + " has " + key + "=" + value);
                        }
                    }
                }
                for (String grouping : groupings) {
                    if (found.stream().noneMatch(sample -> sample.labels().containsKey(grouping))) {
                        missing.add(query.where() + ": no " + name + " has a label " + grouping);
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(asked).isGreaterThan(60);
    }

    /** Where several programs are asked, ours alone are meant. */
    @Test
    void everyQueryNamesTheJob() throws IOException {
        for (Query query : dashboardQueries()) {
            assertThat(selections(query))
                    .as(query.where())
                    .allMatch(labels -> labels.contains("job=\"$job\",instance=~\"$instance\""));
        }
        for (Query query : alertQueries()) {
            assertThat(selections(query)).as(query.where()).allMatch(labels -> labels.contains("job=\"sanctum4j\""));
        }
    }

    private static List<String> selections(Query query) {
        String bare = GROUPING.matcher(query.expression()).replaceAll("").replaceAll("\\[[^]]*]", "");
        return SELECTOR.matcher(bare)
                .results()
                .filter(selector -> !Set.of("and", "or").contains(selector.group(1)))
                .map(selector -> String.valueOf(selector.group(2)))
                .toList();
    }

    /** All of them, and nothing else, with their tags and the values of these. */
    @Test
    void pageOnOperationsNamesEveryMeterOfOurs() throws IOException {
        Map<String, Set<String>> told = new TreeMap<>();
        server().getBean(MeterRegistry.class).getMeters().stream()
                .map(meter -> meter.getId())
                .filter(id -> id.getName().startsWith("sanctum."))
                .forEach(id -> {
                    Set<String> words = told.computeIfAbsent(id.getName(), absent -> new TreeSet<>());
                    for (Tag tag : id.getTags()) {
                        words.add(tag.getKey());
                        words.add(tag.getValue());
                    }
                });
        Map<String, Set<String>> written = new TreeMap<>();
        for (String row : Files.readAllLines(Path.of("..", "docs", "operations.md"))) {
            String[] cells = row.split(" \\| ", -1);
            if (cells[0].startsWith("| `sanctum.") && cells.length == 3) {
                Set<String> words = new TreeSet<>();
                for (Matcher word = Pattern.compile("`([^`]+)`").matcher(cells[1]); word.find(); ) {
                    words.add(word.group(1));
                }
                written.put(cells[0].split("`", -1)[1], words);
            }
        }

        assertThat(written).isEqualTo(told);
        for (String name : written.keySet()) {
            assertThat(scrape).as(name).anyMatch(sample -> sample.name().startsWith(name.replace('.', '_')));
        }
    }

    /** As far as it can be told without Grafana, which is in no registry that a build reads. */
    @Test
    void dashboardIsOneThatGrafanaReads() throws IOException {
        JsonNode dashboard = dashboard();
        assertThat(dashboard.get("schemaVersion").asInt())
                .isGreaterThanOrEqualTo(36); // data sources are objects from there on
        assertThat(dashboard.get("uid").asString()).matches("[\\w-]{1,40}");
        assertThat(dashboard.has("id"))
                .as("a number that another Grafana has given")
                .isFalse();
        Set<String> variables = new HashSet<>(Set.of("__rate_interval", "__all"));
        dashboard
                .at("/templating/list")
                .forEach(variable -> variables.add(variable.get("name").asString()));
        assertThat(dashboard.at("/templating/list/0/type").asString()).isEqualTo("datasource");
        for (Matcher used = Pattern.compile("\\$\\{?(\\w+)").matcher(dashboard.toString()); used.find(); ) {
            assertThat(variables).contains(used.group(1));
        }
        Set<Integer> ids = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (JsonNode panel : panels()) {
            String title = panel.get("title").asString();
            assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
            JsonNode at = panel.get("gridPos");
            assertThat(at.get("x").asInt() + at.get("w").asInt()).as(title).isBetween(1, 24);
            for (int x = 0; x < at.get("w").asInt(); x++) {
                for (int y = 0; y < at.get("h").asInt(); y++) {
                    String place =
                            (at.get("x").asInt() + x) + " " + (at.get("y").asInt() + y);
                    assertThat(places.add(place)).as(title + " lies on another").isTrue();
                }
            }
            if (panel.get("type").asString().equals("row")) {
                continue;
            }
            assertThat(panel.get("type").asString()).as(title).isIn("timeseries", "stat");
            assertThat(panel.get("description").asString()).as(title).endsWith(".");
            assertThat(panel.at("/fieldConfig/defaults/unit").asString())
                    .as(title)
                    .isIn("none", "short", "ops", "reqps", "percentunit", "s", "bytes");
            Set<String> references = new HashSet<>();
            assertThat(panel.get("targets")).as(title).isNotEmpty();
            for (JsonNode target : panel.get("targets")) {
                assertThat(references.add(target.get("refId").asString()))
                        .as(title)
                        .isTrue();
                assertThat(target.at("/datasource/uid").asString()).as(title).isEqualTo("${datasource}");
                assertThat(target.at("/datasource/type").asString()).as(title).isEqualTo("prometheus");
            }
        }
        assertThat(ids).hasSizeGreaterThan(25);
    }

    /** Of each there is one where it fires, and one where it does not; and the page says what to do. */
    @Test
    void everyAlertHasItsTestsAndItsLine() throws IOException {
        Set<String> firing = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (Map<String, Object> test : entries(yaml("alerts-test.yml"), "tests")) {
            for (Map<String, Object> alert : entries(test, "alert_rule_test")) {
                (entries(alert, "exp_alerts").isEmpty() ? silent : firing).add(String.valueOf(alert.get("alertname")));
            }
        }
        Set<String> all = new TreeSet<>();
        rules().forEach(rule -> all.add(String.valueOf(rule.get("alert"))));

        assertThat(firing).isEqualTo(all);
        assertThat(silent).isEqualTo(all);
        assertThat(Files.readAllLines(Path.of("..", "docs", "operations.md")).stream()
                        .filter(row -> row.startsWith("| `Sanctum"))
                        .map(row -> row.split("`", -1)[1]))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void promtoolFindsNothingWrong() throws Exception {
        Path promtool = Programs.find("promtool", "prometheus", "/usr/bin");
        for (String[] arguments : List.of(
                new String[] {"check", "config", "prometheus.yml"},
                new String[] {"test", "rules", "alerts-test.yml"})) {
            List<String> command = new ArrayList<>(List.of(promtool.toString()));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        }
    }

    /** Which also fired, or were about to, while the database was away. */
    @Test
    void prometheusAnswersEveryPanelAndReadsEveryAlert() throws Exception {
        Programs.find("prometheus", "prometheus", "/usr/bin");
        Programs.await("every panel", 60, () -> unanswered().isEmpty()); // a scrape may have taken too long
        assertThat(alerted).containsAll(OF_AN_OUTAGE);
        JsonNode rules = ask("rules").at("/groups/0/rules");
        assertThat(rules).hasSize(rules().size());
        for (JsonNode rule : rules) {
            assertThat(rule.get("health").asString()).as(rule.toString()).isEqualTo("ok");
        }
    }

    /** The questions of the dashboard that nothing answers. */
    private List<String> unanswered() throws Exception {
        List<String> empty = new ArrayList<>();
        for (Query query : dashboardQueries()) {
            String expression = query.expression()
                    .replace("$job", "sanctum4j")
                    .replace("$instance", ".*")
                    .replace("$__rate_interval", "1m");
            JsonNode result = ask("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                    .get("result");
            if (result.isEmpty()) {
                empty.add(query.where() + ": " + expression);
            }
        }
        return empty;
    }
}
