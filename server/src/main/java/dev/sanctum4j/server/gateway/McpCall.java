package dev.sanctum4j.server.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request to an MCP server says in headers of what its body asks for (revision 2026-07-28 of the protocol). Nobody here
 * reads the body, so this may be a lie: it can only make a rule ask for more, and whoever says nothing is refused.
 *
 * @param method like {@code tools/call}
 * @param name of the tool, the prompt or the resource; empty where the method has none
 */
record McpCall(String method, String name) {

    static final String METHOD = "Mcp-Method";
    static final String NAME = "Mcp-Name";

    private static final Set<String> NAMED = Set.of("tools/call", "prompts/get", "resources/read");
    private static final Pattern PLAIN = Pattern.compile("[!-~]([ -~]{0,1022}[!-~])?");
    private static final Pattern ENCODED = Pattern.compile("=\\?base64\\?([A-Za-z0-9+/]{1,4096}={0,2})\\?=");

    /** What a request says; empty if it does not, says two things, or one that cannot be read. */
    static Optional<McpCall> of(HttpServletRequest request) {
        List<String> methods = Collections.list(request.getHeaders(METHOD));
        List<String> names = Collections.list(request.getHeaders(NAME));
        if (methods.size() != 1 || names.size() > 1 || names.isEmpty() && NAMED.contains(methods.get(0))) {
            return Optional.empty();
        }
        return Optional.of(methods.get(0))
                .filter(method -> PLAIN.matcher(method).matches())
                .flatMap(method -> (names.isEmpty() ? Optional.of("") : decoded(names.get(0)))
                        .map(name -> new McpCall(method, name)));
    }

    /** A name as the body has it: what is not ASCII comes as base64 of UTF-8. */
    private static Optional<String> decoded(String sent) {
        Matcher encoded = ENCODED.matcher(sent);
        if (!encoded.matches()) {
            return Optional.of(sent).filter(name -> PLAIN.matcher(name).matches() && !name.startsWith("=?"));
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(encoded.group(1)));
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
