package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.mcp.McpTools.Kind;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Shows callers what they may use, in the order the server has. It is done where the server's answers are written: the one place
 * that all protocols of Spring AI have in common.
 *
 * <p>Thread-safe.
 */
final class McpListing {

    private final McpTools tools;

    private McpListing(McpTools tools) {
        this.tools = tools;
    }

    static JacksonModule of(McpTools tools) {
        McpListing listing = new McpListing(tools);
        SimpleModule module = new SimpleModule("sanctum-mcp");
        module.addSerializer(
                McpSchema.ListToolsResult.class,
                listing
                .new Shown<>(
                        "tools",
                        Kind.TOOL,
                        McpSchema.ListToolsResult::tools,
                        McpSchema.Tool::name,
                        McpSchema.ListToolsResult::nextCursor));
        module.addSerializer(
                McpSchema.ListResourcesResult.class,
                listing
                .new Shown<>(
                        "resources",
                        Kind.RESOURCE,
                        McpSchema.ListResourcesResult::resources,
                        McpSchema.Resource::uri,
                        McpSchema.ListResourcesResult::nextCursor));
        module.addSerializer(
                McpSchema.ListResourceTemplatesResult.class,
                listing
                .new Shown<>(
                        "resourceTemplates",
                        Kind.RESOURCE,
                        McpSchema.ListResourceTemplatesResult::resourceTemplates,
                        McpSchema.ResourceTemplate::uriTemplate,
                        McpSchema.ListResourceTemplatesResult::nextCursor));
        module.addSerializer(
                McpSchema.ListPromptsResult.class,
                listing
                .new Shown<>(
                        "prompts",
                        Kind.PROMPT,
                        McpSchema.ListPromptsResult::prompts,
                        McpSchema.Prompt::name,
                        McpSchema.ListPromptsResult::nextCursor));
        return module;
    }

    private final class Shown<L extends McpSchema.Result, E> extends ValueSerializer<L> {

        private final String member;
        private final Kind kind;
        private final Function<L, List<E>> entries;
        private final Function<E, String> name;
        private final Function<L, @Nullable String> next;

        Shown(
                String member,
                Kind kind,
                Function<L, List<E>> entries,
                Function<E, String> name,
                Function<L, @Nullable String> next) {
            this.member = member;
            this.kind = kind;
            this.entries = entries;
            this.name = name;
            this.next = next;
        }

        /** It differs from caller to caller, so nobody may keep it for others. */
        @Override
        public void serialize(L list, JsonGenerator json, SerializationContext context) {
            Authentication caller = SecurityContextHolder.getContext().getAuthentication();
            json.writeStartObject(list);
            context.defaultSerializeProperty(
                    member,
                    entries.apply(list).stream()
                            .filter(entry -> tools.refusal(List.of(kind), name.apply(entry), caller) == null)
                            .toList(),
                    json);
            String cursor = next.apply(list);
            if (cursor != null) {
                json.writeStringProperty("nextCursor", cursor);
            }
            json.writeNumberProperty("ttlMs", 0);
            json.writeStringProperty("cacheScope", "private");
            Map<String, Object> meta = list.meta();
            if (meta != null) {
                context.defaultSerializeProperty("_meta", meta, json);
            }
            json.writeEndObject();
        }
    }
}
