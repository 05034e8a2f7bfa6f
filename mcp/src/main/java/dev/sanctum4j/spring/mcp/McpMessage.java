package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.mcp.McpTools.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a message asks for, read without making objects of it. Of a name that stands twice in an object the last counts, as for
 * the server behind.
 *
 * @param kinds all that it is, none if it asks for nothing that anybody may be kept from
 * @param name the tool, the prompt, or the URI of the resource; empty if the message names none
 */
record McpMessage(List<Kind> kinds, String name) {

    private static final JsonFactory JSON = new JsonFactory();

    /** The members that are looked at, by the path to them. */
    private static final Set<String> OBJECTS = Set.of("params", "params.ref");

    private static final Set<String> TEXTS =
            Set.of("method", "params.name", "params.uri", "params.ref.type", "params.ref.name", "params.ref.uri");

    /**
     * Reads one.
     *
     * @throws ProblemException with 400 if it is no JSON object
     */
    static McpMessage read(String body) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProblemException(Problem.malformedBody());
            }
            Map<String, String> said = new HashMap<>();
            read(json, "", said);
            if (json.nextToken() != null) {
                throw new ProblemException(Problem.malformedBody());
            }
            return of(said);
        } catch (JacksonException e) { // its message may quote the body
            throw new ProblemException(Problem.malformedBody());
        }
    }

    private static void read(JsonParser json, String path, Map<String, String> said) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.contains(".")) { // it would look like a path
                json.skipChildren();
                continue;
            }
            String member = path + name;
            if (OBJECTS.contains(member)) {
                said.keySet().removeIf(known -> known.startsWith(member + "."));
            } else {
                said.remove(member);
            }
            if (value == JsonToken.START_OBJECT && OBJECTS.contains(member)) {
                read(json, member + ".", said);
            } else if (value.isScalarValue() && value != JsonToken.VALUE_NULL && TEXTS.contains(member)) {
                said.put(member, json.getString());
            } else {
                json.skipChildren();
            }
        }
    }

    private static McpMessage of(Map<String, String> said) {
        return switch (said.getOrDefault("method", "")) {
            case "tools/call" -> new McpMessage(List.of(Kind.TOOL), said.getOrDefault("params.name", ""));
            case "prompts/get" -> new McpMessage(List.of(Kind.PROMPT), said.getOrDefault("params.name", ""));
            case "resources/read", "resources/subscribe" ->
                new McpMessage(List.of(Kind.RESOURCE), said.getOrDefault("params.uri", ""));
            case "completion/complete" ->
                said.getOrDefault("params.ref.type", "").equals("ref/resource")
                        ? new McpMessage(
                                List.of(Kind.RESOURCE, Kind.COMPLETION), said.getOrDefault("params.ref.uri", ""))
                        : new McpMessage(
                                List.of(Kind.PROMPT, Kind.COMPLETION), said.getOrDefault("params.ref.name", ""));
            default -> new McpMessage(List.of(), "");
        };
    }
}
