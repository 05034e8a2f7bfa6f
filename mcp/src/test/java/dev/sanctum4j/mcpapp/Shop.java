package dev.sanctum4j.mcpapp;

import dev.sanctum4j.spring.AccessEvent;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.Sanctum;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.ai.mcp.annotation.McpArg;
import org.springframework.ai.mcp.annotation.McpComplete;
import org.springframework.ai.mcp.annotation.McpPrompt;
import org.springframework.ai.mcp.annotation.McpResource;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.ai.mcp.annotation.spring.SyncMcpAnnotationProviders;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.ai.tool.method.MethodToolCallbackProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tools of every kind that Spring AI knows, and those that no proxy guards. */
@SpringBootApplication
class Shop {

    @Bean
    UserDetailsService people() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ann").password("{noop}secret").build(),
                User.withUsername("bob").password("{noop}secret").build());
    }

    @Bean
    MethodToolCallbackProvider callbacks(Stock stock) {
        return MethodToolCallbackProvider.builder()
                .toolObjects(stock, new Loose())
                .build();
    }

    /** Tools whose objects are no beans, as a list. */
    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    List<ToolCallback> listed() {
        return List.of(ToolCallbacks.from(new Listed()));
    }

    /** And as a provider of a fixed number. */
    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    ToolCallbackProvider fixed() {
        return ToolCallbackProvider.from(ToolCallbacks.from(new Fixed()));
    }

    /** And as a provider of the application's own. */
    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    ToolCallbackProvider provided() {
        return () -> ToolCallbacks.from(new Provided());
    }

    /** Resources and prompts of objects that are no beans. */
    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    List<McpStatelessServerFeatures.SyncResourceSpecification> shelves() {
        return SyncMcpAnnotationProviders.statelessResourceSpecifications(List.of(new Shelves()));
    }

    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    List<McpStatelessServerFeatures.SyncResourceTemplateSpecification> shelf() {
        return SyncMcpAnnotationProviders.statelessResourceTemplateSpecifications(List.of(new Shelves()));
    }

    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    List<McpStatelessServerFeatures.SyncPromptSpecification> tidying() {
        return SyncMcpAnnotationProviders.statelessPromptSpecifications(List.of(new Shelves()));
    }

    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    List<McpStatelessServerFeatures.SyncCompletionSpecification> tidied() {
        return SyncMcpAnnotationProviders.statelessCompleteSpecifications(List.of(new Shelves()));
    }

    /** And a name that is none. */
    @Bean
    @ConditionalOnBooleanProperty("test.loose")
    Unnamed unnamed() {
        return new Unnamed();
    }

    static class Listed {

        @Tool(name = "loose_listed", description = "Throws everything away.")
        @RequiresAbility("stock:write")
        String empty() {
            return "called";
        }
    }

    static class Fixed {

        @Tool(name = "loose_fixed", description = "Throws everything away.")
        @RequiresAbility("stock:write")
        String empty() {
            return "called";
        }
    }

    static class Provided {

        @Tool(name = "loose_provided", description = "Throws everything away.")
        @RequiresAbility("stock:write")
        public String empty() {
            return "called";
        }
    }

    @SuppressWarnings("unused") // called by reflection
    static class Shelves {

        @McpResource(uri = "shop://shelves", name = "shelves")
        @RequiresAbility("stock:write")
        private String all() {
            return "called";
        }

        @McpResource(uri = "shop://shelves/{id}", name = "shelf")
        @RequiresAbility("stock:write")
        private String one(String id) {
            return "called";
        }

        @McpPrompt(name = "tidy")
        @RequiresAbility("stock:write")
        private String tidy() {
            return "called";
        }

        @McpComplete(prompt = "greet_loose")
        @RequiresAbility("stock:write")
        private List<String> cities() {
            return List.of("called");
        }
    }

    /** A tool of whatever name. */
    @Bean
    @ConditionalOnProperty("test.odd")
    ToolCallback odd(@Value("${test.odd}") String name) {
        return FunctionToolCallback.builder(name, () -> "called")
                .description("Has an odd name.")
                .inputType(Void.class)
                .build();
    }

    /** What denies or fails behind the server. */
    @Component
    @ConditionalOnBooleanProperty("test.failing")
    static class Failing {

        private final Refunds refunds;

        Failing(Refunds refunds) {
            this.refunds = refunds;
        }

        @McpResource(uri = "shop://refund", name = "refund")
        public String resource() {
            return refunds.refund("1");
        }

        @McpPrompt(name = "refund")
        public String prompt(@McpArg(name = "city") String city) {
            return refunds.refund("1");
        }

        @McpComplete(prompt = "refund")
        public List<String> completion() {
            return List.of(refunds.refund("1"));
        }

        @McpResource(uri = "shop://fault", name = "fault")
        public String faultyResource() {
            throw new IllegalStateException("secret");
        }

        @McpPrompt(name = "fault")
        public String faultyPrompt(@McpArg(name = "city") String city) {
            throw new IllegalStateException("secret");
        }

        @McpComplete(prompt = "fault")
        public List<String> faultyCompletion() {
            throw new IllegalStateException("secret");
        }
    }

    /** Whose completions ask for more than they do. */
    @Component
    @ConditionalOnBooleanProperty("test.loose")
    @SuppressWarnings("unused") // private methods are called by reflection
    static class Greetings {

        @McpPrompt(name = "greet_loose")
        public String loose(@McpArg(name = "city") String city) {
            return city;
        }

        @McpPrompt(name = "greet_private")
        public String one(@McpArg(name = "city") String city) {
            return city;
        }

        @McpComplete(prompt = "greet_private")
        @RequiresAbility("stock:write")
        private List<String> ofOne() {
            return List.of("called");
        }

        @McpPrompt(name = "greet_final")
        public String two(@McpArg(name = "city") String city) {
            return city;
        }

        @McpComplete(prompt = "greet_final")
        @RequiresAbility("stock:write")
        public final List<String> ofTwo() {
            return List.of("called");
        }

        @McpPrompt(name = "greet_static")
        public String three(@McpArg(name = "city") String city) {
            return city;
        }

        @McpComplete(prompt = "greet_static")
        @RequiresAbility("stock:write")
        public static List<String> ofThree() {
            return List.of("called");
        }

        @McpResource(uri = "shop://cities/{city}", name = "city")
        public String city(String city) {
            return city;
        }

        @McpComplete(uri = "shop://cities/{city}")
        @RequiresAbility("stock:write")
        private List<String> ofCity() {
            return List.of("called");
        }
    }

    @SuppressWarnings("unused") // called by reflection
    static class Unnamed {

        @McpTool(name = " ", description = "Throws everything away.")
        @RequiresAbility("stock:write")
        private String unnamed() {
            return "called";
        }
    }

    /** What was refused. */
    @Component
    static class Heard {

        final List<AccessEvent.AbilityDenied> denied = new CopyOnWriteArrayList<>();

        @EventListener
        void on(AccessEvent.AbilityDenied event) {
            denied.add(event);
        }
    }

    /** Behind the tools. */
    @Component
    static class Refunds {

        @RequiresAbility("orders:refund")
        public String refund(String id) {
            return "refunded " + id;
        }
    }

    /** The same for those who call no tools. */
    @RestController
    static class RefundController {

        private final Refunds refunds;

        RefundController(Refunds refunds) {
            this.refunds = refunds;
        }

        @GetMapping("/api/refund")
        String refund() {
            return refunds.refund("1");
        }
    }

    @Component
    @SuppressWarnings("unused") // private methods are called by reflection
    static class OrderTools {

        private final Refunds refunds;

        OrderTools(Refunds refunds) {
            this.refunds = refunds;
        }

        @McpTool(name = "orders_read", description = "Reads an order.")
        @RequiresAbility("orders:read")
        public String read(@McpToolParam(description = "its id") String id) {
            return "order " + id + " for "
                    + Sanctum.currentToken().orElseThrow().owner().id();
        }

        @McpTool(name = "orders_refund", title = "Refund", description = "Gives the money of an order back.")
        @RequiresAbility("orders:refund")
        public String refund(@McpToolParam(description = "its id") String id) {
            return refunds.refund(id);
        }

        /** Asks for nothing itself. */
        @McpTool(name = "orders_undo", description = "Undoes an order.")
        public String undo(@McpToolParam(description = "its id") String id) {
            return refunds.refund(id);
        }

        @McpTool(name = "whoami", description = "Tells who calls.")
        public String whoami() {
            return Sanctum.currentToken().orElseThrow().owner().id();
        }

        @McpTool(name = "by_private", description = "No proxy sees it.")
        @RequiresAbility("orders:refund")
        private String byPrivate() {
            return "called";
        }

        @McpTool(name = "by_final", description = "No proxy sees it.")
        @RequiresAbility("orders:refund")
        public final String byFinal() {
            return "called";
        }

        @McpTool(name = "by_static", description = "No proxy sees it.")
        @RequiresAbility("orders:refund")
        public static String byStatic() {
            return "called";
        }

        @McpResource(uri = "shop://report", name = "report", description = "What was sold.")
        @RequiresAbility("reports:read")
        private String report() {
            return "sold: 3";
        }

        @McpResource(uri = "shop://orders/{id}", name = "order", description = "An order.")
        @RequiresAbility("orders:read")
        public String order(String id) {
            return "order " + id;
        }

        @McpResource(uri = "shop://hours", name = "hours", description = "When it is open.")
        public String hours() {
            return "always";
        }

        @McpPrompt(name = "summary", description = "Sums up what was sold.")
        @RequiresAbility("reports:read")
        private String summary() {
            return "Sum up.";
        }

        /** A name outside ASCII, which a header carries encoded. */
        @McpPrompt(name = "bücher", description = "Asks for books.")
        @RequiresAbility("books:read")
        public String books() {
            return "Which books?";
        }

        @McpPrompt(name = "greeting", description = "Says hello.")
        public String greeting() {
            return "Say hello.";
        }
    }

    /** Tools of the other kind, of a bean. */
    @Component
    public static class Stock {

        private final Map<String, Integer> counts = new ConcurrentHashMap<>(Map.of("tea", 3));

        @Tool(name = "stock_count", description = "Counts what is there.")
        @RequiresAbility("stock:read")
        public int count(String what) {
            return counts.getOrDefault(what, 0);
        }
    }

    /** And of an object that is none. */
    static class Loose {

        @Tool(name = "stock_empty", description = "Throws everything away.")
        @RequiresAbility("stock:write")
        public String empty() {
            return "called";
        }
    }
}
