package dev.sanctum4j.mcpapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** {@code docs/http.md} has every route that an MCP server of this module answers, under each protocol. */
class HttpPageTest extends McpTest {

    private static final Pattern ROUTE = Pattern.compile("\\((GET|POST|PUT|DELETE) && (/[^)]*)\\)");
    private static final Pattern NAMED = Pattern.compile("`((?:GET|POST|PUT|DELETE) /[^`]*)`");

    @ParameterizedTest
    @ValueSource(strings = {"stateless", "streamable", "sse"})
    void everyRouteIsInThePage(String protocol) throws IOException {
        var context = server(protocol).context();
        Set<String> mapped = new TreeSet<>();
        ROUTE.matcher(String.valueOf(
                        context.getBean(RouterFunctionMapping.class).getRouterFunction()))
                .results()
                .forEach(route -> mapped.add(route.group(1) + " " + route.group(2)));
        context.getBean("sanctumMcpMetadata", SimpleUrlHandlerMapping.class)
                .getUrlMap()
                .keySet()
                .forEach(path -> mapped.add("GET " + path));

        assertThat(told(protocol)).isEqualTo(mapped);
    }

    private static Set<String> told(String protocol) throws IOException {
        Set<String> told = new TreeSet<>();
        String page = Files.readString(Path.of("..", "docs", "http.md"));
        for (String line :
                page.substring(page.indexOf("\n## MCP\n")).split("\n## ", -1)[1].split("\n", -1)) {
            String[] cells = line.split(" \\| ", -1);
            if (cells.length == 3 && (cells[2].contains("`" + protocol + "`") || cells[2].startsWith("all"))) {
                NAMED.matcher(cells[0]).results().forEach(route -> told.add(route.group(1)));
            }
        }
        return told;
    }
}
