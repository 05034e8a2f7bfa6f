package dev.sanctum4j.spring.mcp;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How an MCP server of Spring AI is guarded.
 *
 * @param enabled Whether it is guarded, and its endpoint takes tokens.
 * @param abilityPerTool Whether a tool that asks for no ability asks for one of its own, mcp:name.
 * @param maxBody How large a message may be.
 * @param origins Pages of other hosts that may call, like https://inspector.example.com; programs are no pages.
 * @param tokenPage Where people make a token, as a URL or a path of the application; told to whoever comes without one.
 */
@ConfigurationProperties("sanctum.mcp")
public record McpProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("false") boolean abilityPerTool,
        @DefaultValue("4MB") DataSize maxBody,
        @DefaultValue List<String> origins,
        @DefaultValue("") String tokenPage) {}
