package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.spring.BearerToken;
import dev.sanctum4j.spring.Refusals;
import dev.sanctum4j.spring.SanctumSecurityAutoConfiguration;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.store.OnTokensInUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.server.webmvc.transport.WebMvcStatelessServerTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * Guards the MCP server that Spring AI serves by Spring MVC: its endpoint takes tokens, and its tools, resources and prompts ask for
 * what their methods ask.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration(after = SanctumSecurityAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({WebMvcStatelessServerTransport.class, McpTool.class})
@ConditionalOnBooleanProperty(name = "sanctum.mcp.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "spring.ai.mcp.server.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "spring.ai.mcp.server.stdio", havingValue = false, matchIfMissing = true)
@EnableConfigurationProperties(McpProperties.class)
@Conditional(OnTokensInUse.class)
public final class SanctumMcpAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);
    private static final String TYPE = "spring.ai.mcp.server.type";

    /** Spring AI's, by which every transport writes its answers. */
    private static final String MAPPER = "mcpServerJsonMapper";

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static McpTools sanctumMcpTools(ConfigurableListableBeanFactory beans, Environment environment) {
        return new McpTools(beans, environment.getProperty("sanctum.mcp.ability-per-tool", boolean.class, false));
    }

    /** Early, for the lists of tools are made before anybody asks for them. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor sanctumMcpGate(ObjectProvider<McpTools> tools, ObjectProvider<Refusals> refusals) {
        McpToolGate gate = new McpToolGate(tools::getObject, refusals::getObject);
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof JsonMapper mapper && name.equals(MAPPER)
                        ? mapper.rebuild()
                                .addModule(McpListing.of(tools.getObject()))
                                .build()
                        : gate.guarded(bean);
            }
        };
    }

    @Bean
    McpEndpoint sanctumMcpEndpoint(
            Environment environment,
            ObjectProvider<PathPatternRequestMatcher.Builder> paths,
            ObjectProvider<DispatcherServletPath> servlet) {
        String type = environment.getProperty(TYPE, "SYNC");
        if (type.equalsIgnoreCase("ASYNC")) {
            throw new InvalidConfigurationPropertyValueException(
                    TYPE,
                    type,
                    "Tools of an asynchronous server run on threads that do not know who calls, so no ability can be asked for. Set spring.ai.mcp.server.type=SYNC, or sanctum.mcp.enabled=false and guard its endpoint yourself.");
        }
        return McpEndpoint.of(
                environment,
                paths.getIfUnique(PathPatternRequestMatcher::withDefaults),
                servlet.stream().toList());
    }

    @Bean
    McpRoutes sanctumMcpRoutes(
            McpEndpoint endpoint,
            McpProperties properties,
            BearerToken.Places tokens,
            ObjectProvider<PathPatternRequestMatcher.Builder> paths,
            ObjectProvider<SecurityFilterChain> chains) {
        return new McpRoutes(
                endpoint,
                paths.getIfUnique(PathPatternRequestMatcher::withDefaults),
                tokens,
                properties.tokenPage(),
                chains::orderedStream);
    }

    /** After controllers and router functions: an application's own metadata count. */
    @Bean
    SimpleUrlHandlerMapping sanctumMcpMetadata(McpRoutes routes) {
        Map<String, Object> handlers = new LinkedHashMap<>();
        routes.metadata().forEach(path -> handlers.put(path, routes));
        return new SimpleUrlHandlerMapping(handlers, 10);
    }

    /** Behind Spring Security, and next to the servlet. */
    @Bean
    FilterRegistrationBean<McpCallFilter> sanctumMcpCalls(
            McpEndpoint endpoint, McpTools tools, McpProperties properties, Refusals refusals, ProblemWriter problems) {
        FilterRegistrationBean<McpCallFilter> filter = new FilterRegistrationBean<>(
                new McpCallFilter(endpoint, tools, refusals, problems, properties.origins(), properties.maxBody()));
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        return filter;
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> sanctumMcpReport(McpTools tools) {
        return event -> {
            List<String> open = tools.open();
            if (!open.isEmpty()) {
                LOG.info(
                        "Any valid token may call the MCP tools {}, whose methods ask for no ability."
                                + " sanctum.mcp.ability-per-tool=true makes each ask for one of its own.",
                        String.join(", ", open));
            }
        };
    }
}
