package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.mcp.McpTools.Kind;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.StringUtils;

/**
 * Asks where a tool is called, a resource read or a prompt got, whatever came before: the server gets each with our question in
 * front of its handler.
 *
 * <p>Thread-safe.
 */
final class McpToolGate {

    private static final Logger LOG = LoggerFactory.getLogger(McpToolGate.class);

    /** {@link AbilityRule.Decision#sentence}. */
    private static final Pattern DENIAL =
            Pattern.compile("The token needs (the ability|the abilities|one of the abilities) [!-~ ]+\\.");

    private final Supplier<McpTools> tools;
    private final Supplier<Refusals> refusals;

    McpToolGate(Supplier<McpTools> tools, Supplier<Refusals> refusals) {
        this.tools = tools;
        this.refusals = refusals;
    }

    /** A specification, or a list of them, with the question; anything else as it is. */
    Object guarded(Object bean) {
        if (bean instanceof List<?> list) {
            return list.stream().anyMatch(McpToolGate::isSpecification)
                    ? list.stream()
                            .map(one -> isSpecification(one) ? of(one) : one)
                            .toList()
                    : bean;
        }
        return isSpecification(bean) ? of(bean) : bean;
    }

    private static boolean isSpecification(@Nullable Object one) {
        Class<?> in = one == null ? null : one.getClass().getEnclosingClass();
        return in == McpServerFeatures.class || in == McpStatelessServerFeatures.class;
    }

    /** Those of an asynchronous server are none of ours: it does not start. */
    private Object of(Object one) {
        if (one instanceof McpStatelessServerFeatures.SyncToolSpecification it) {
            return new McpStatelessServerFeatures.SyncToolSpecification(it.tool(), tool(it.tool(), it.callHandler()));
        } else if (one instanceof McpServerFeatures.SyncToolSpecification it) {
            return new McpServerFeatures.SyncToolSpecification(it.tool(), tool(it.tool(), it.callHandler()));
        } else if (one instanceof McpStatelessServerFeatures.SyncResourceSpecification it) {
            return new McpStatelessServerFeatures.SyncResourceSpecification(
                    it.resource(), resource(it.resource(), it.readHandler()));
        } else if (one instanceof McpServerFeatures.SyncResourceSpecification it) {
            return new McpServerFeatures.SyncResourceSpecification(
                    it.resource(), resource(it.resource(), it.readHandler()));
        } else if (one instanceof McpStatelessServerFeatures.SyncResourceTemplateSpecification it) {
            return new McpStatelessServerFeatures.SyncResourceTemplateSpecification(
                    it.resourceTemplate(), template(it.resourceTemplate(), it.readHandler()));
        } else if (one instanceof McpServerFeatures.SyncResourceTemplateSpecification it) {
            return new McpServerFeatures.SyncResourceTemplateSpecification(
                    it.resourceTemplate(), template(it.resourceTemplate(), it.readHandler()));
        } else if (one instanceof McpStatelessServerFeatures.SyncPromptSpecification it) {
            return new McpStatelessServerFeatures.SyncPromptSpecification(
                    it.prompt(), prompt(it.prompt(), it.promptHandler()));
        } else if (one instanceof McpServerFeatures.SyncPromptSpecification it) {
            return new McpServerFeatures.SyncPromptSpecification(it.prompt(), prompt(it.prompt(), it.promptHandler()));
        } else if (one instanceof McpStatelessServerFeatures.SyncCompletionSpecification it) {
            return new McpStatelessServerFeatures.SyncCompletionSpecification(
                    it.referenceKey(), completion(it.referenceKey(), it.completionHandler()));
        } else if (one instanceof McpServerFeatures.SyncCompletionSpecification it) {
            return new McpServerFeatures.SyncCompletionSpecification(
                    it.referenceKey(), completion(it.referenceKey(), it.completionHandler()));
        }
        return one;
    }

    /** The refusal of a tool is its result, which a model reads. */
    private <C> BiFunction<C, McpSchema.CallToolRequest, McpSchema.CallToolResult> tool(
            McpSchema.Tool tool, BiFunction<C, McpSchema.CallToolRequest, McpSchema.CallToolResult> handler) {
        tools.get().offered(Kind.TOOL, tool.name(), title(tool.title(), tool.name()), tool.description());
        tools.get().handled(Kind.TOOL, tool.name(), handler);
        return (context, call) -> {
            AbilityRule.Decision refusal = refusal(List.of(Kind.TOOL), tool.name());
            return refusal == null
                    ? handler.apply(context, call)
                    : McpSchema.CallToolResult.builder()
                            .addTextContent(refusal.sentence())
                            .isError(true)
                            .build();
        };
    }

    private static String title(@Nullable String title, String name) {
        return StringUtils.hasText(title) ? title : name;
    }

    private <C, Q, A> BiFunction<C, Q, A> resource(McpSchema.Resource resource, BiFunction<C, Q, A> handler) {
        tools.get()
                .offered(
                        Kind.RESOURCE,
                        resource.uri(),
                        title(resource.title(), resource.name()),
                        resource.description());
        return asked(List.of(Kind.RESOURCE), resource.uri(), handler);
    }

    private <C, Q, A> BiFunction<C, Q, A> template(McpSchema.ResourceTemplate template, BiFunction<C, Q, A> handler) {
        tools.get()
                .offered(
                        Kind.RESOURCE,
                        template.uriTemplate(),
                        title(template.title(), template.name()),
                        template.description());
        return asked(List.of(Kind.RESOURCE), template.uriTemplate(), handler);
    }

    private <C, Q, A> BiFunction<C, Q, A> prompt(McpSchema.Prompt prompt, BiFunction<C, Q, A> handler) {
        tools.get().offered(Kind.PROMPT, prompt.name(), title(prompt.title(), prompt.name()), prompt.description());
        return asked(List.of(Kind.PROMPT), prompt.name(), handler);
    }

    /** Completing an argument tells of what is behind it, so it asks the same, and what its own method does. */
    private <C, Q, A> BiFunction<C, Q, A> completion(McpSchema.CompleteReference of, BiFunction<C, Q, A> handler) {
        if (of instanceof McpSchema.PromptReference prompt) {
            return completion(Kind.PROMPT, prompt.name(), handler);
        }
        return of instanceof McpSchema.ResourceReference resource
                ? completion(Kind.RESOURCE, resource.uri(), handler)
                : handler;
    }

    private <C, Q, A> BiFunction<C, Q, A> completion(Kind of, String name, BiFunction<C, Q, A> handler) {
        tools.get().offered(Kind.COMPLETION, name, name, null);
        return asked(List.of(of, Kind.COMPLETION), name, handler);
    }

    /** @param kinds the last of them its own */
    private <C, Q, A> BiFunction<C, Q, A> asked(List<Kind> kinds, String name, BiFunction<C, Q, A> handler) {
        boolean isMethod = tools.get().handled(kinds.get(kinds.size() - 1), name, handler);
        return (context, question) -> {
            AbilityRule.Decision refusal = refusal(kinds, name);
            if (refusal != null) {
                throw error(McpSchema.ErrorCodes.INVALID_REQUEST, refusal.sentence());
            }
            try {
                return handler.apply(context, question);
            } catch (RuntimeException e) {
                throw told(e, isMethod);
            }
        };
    }

    /**
     * What a caller is told of it: what a denial in a service behind says, and of anything else nothing, unless a handler of the
     * application's chose the words. Spring AI tells what a method threw with its class; the exception is lost then, its message is not.
     */
    private static McpError told(RuntimeException thrown, boolean byMethod) {
        McpSchema.JSONRPCResponse.JSONRPCError error =
                thrown instanceof McpError known ? known.getJsonRpcError() : null;
        if (error != null && !byMethod) {
            return (McpError) thrown;
        }
        Object said = error == null
                ? NestedExceptionUtils.getMostSpecificCause(thrown).getMessage()
                : error.data();
        if (said instanceof String sentence && DENIAL.matcher(sentence).matches()) {
            return error(McpSchema.ErrorCodes.INVALID_REQUEST, sentence);
        }
        Outage.tell(LOG, "A resource, prompt or completion of the MCP server failed", thrown);
        return error(McpSchema.ErrorCodes.INTERNAL_ERROR, "The server failed.");
    }

    private static McpError error(int code, String message) {
        return McpError.builder(code).message(message).build();
    }

    private AbilityRule.@Nullable Decision refusal(List<Kind> kinds, String name) {
        AbilityRule.Decision refusal = tools.get()
                .refusal(kinds, name, SecurityContextHolder.getContext().getAuthentication());
        if (refusal != null) {
            refusals.get().tell(refusal);
        }
        return refusal;
    }
}
