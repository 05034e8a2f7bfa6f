package dev.sanctum4j.spring.openapi;

import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.ability.AbilityMethods;
import dev.sanctum4j.spring.ability.ChainRules;
import dev.sanctum4j.spring.http.WireJson;
import dev.sanctum4j.spring.store.OnTokensInUse;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/**
 * Where springdoc describes the application: that it takes bearer tokens, and which ability each operation asks for, by
 * annotation or by a rule of its filter chain. An
 * application whose {@code OpenAPI} bean has a bearer scheme describes that itself.
 */
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({GlobalOpenApiCustomizer.class, OpenAPI.class})
@Conditional(OnTokensInUse.class)
public final class SanctumOpenApiAutoConfiguration {

    static final String SCHEME = "sanctum";

    static {
        SpringDocUtils.getConfig().addResponseWrapperToIgnore(WireJson.class); // what is in it is described
    }

    /** Only what takes tokens says so: what takes none, or anybody, is as it is without us. */
    @Bean
    GlobalOpenApiCustomizer sanctumOpenApi(ObjectProvider<OpenAPI> own, BeanFactory beans) {
        return api -> {
            if (api.getPaths() == null || own.stream().anyMatch(SanctumOpenApiAutoConfiguration::hasBearer)) {
                return;
            }
            ChainRules chains = ChainRules.of(beans);
            boolean taken = false;
            for (Map.Entry<String, PathItem> path : api.getPaths().entrySet()) {
                for (Map.Entry<PathItem.HttpMethod, Operation> each :
                        path.getValue().readOperationsMap().entrySet()) {
                    ChainRules.Route route = chains.of(each.getKey().name(), path.getKey());
                    taken |= route.takesTokens()
                            ? takesToken(each.getValue(), route, api.getSecurity())
                            : takesNone(each.getValue());
                }
            }
            if (taken) {
                if (api.getComponents() == null) {
                    api.setComponents(new Components());
                }
                api.getComponents()
                        .addSecuritySchemes(
                                SCHEME,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .description("A personal access token."));
            }
        };
    }

    /**
     * What the chain asks for, beside what annotations do.
     *
     * @param everywhere what the document asks for where an operation does not say
     */
    private static boolean takesToken(
            Operation operation, ChainRules.Route route, @Nullable List<SecurityRequirement> everywhere) {
        route.rules().forEach(rule -> describe(operation, rule));
        if (operation.getSecurity() == null && !route.isOpen()) {
            operation.addSecurityItem(new SecurityRequirement().addList(SCHEME));
        }
        boolean ours = operation.getSecurity() != null
                && operation.getSecurity().stream().anyMatch(one -> one.containsKey(SCHEME));
        if (ours && everywhere != null) {
            everywhere.stream()
                    .filter(one -> !operation.getSecurity().contains(one))
                    .forEach(operation::addSecurityItem);
        }
        return ours;
    }

    /** An annotation asks for an ability, which its callers have without a token. */
    private static boolean takesNone(Operation operation) {
        if (operation.getSecurity() != null
                && operation.getSecurity().removeIf(one -> one.containsKey(SCHEME))
                && operation.getSecurity().isEmpty()) {
            operation.setSecurity(null);
        }
        return false;
    }

    @Bean
    GlobalOperationCustomizer sanctumOperations(ObjectProvider<OpenAPI> own) {
        return (operation, handler) -> {
            if (own.stream().noneMatch(SanctumOpenApiAutoConfiguration::hasBearer)) {
                AbilityMethods.rules(handler.getMethod(), handler.getBeanType())
                        .forEach(rule -> describe(operation, rule));
            }
            return operation;
        };
    }

    private static boolean hasBearer(OpenAPI api) {
        return api.getComponents() != null
                && api.getComponents().getSecuritySchemes() != null
                && api.getComponents().getSecuritySchemes().entrySet().stream()
                        .anyMatch(scheme -> !scheme.getKey().equals(SCHEME)
                                && "bearer".equalsIgnoreCase(scheme.getValue().getScheme()));
    }

    private static void describe(Operation operation, AbilityRule<?> rule) {
        String names = rule.abilities().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        String sentence = (rule.abilities().size() == 1
                        ? "Asks for the ability "
                        : rule.any() ? "Asks for one of the abilities " : "Asks for the abilities ")
                + names + ".";
        String before = operation.getDescription();
        if (before != null && before.contains(sentence)) { // an annotation and a chain ask for the same
            return;
        }
        operation.setDescription(before == null ? sentence : before + "\n\n" + sentence);
        if (operation.getSecurity() == null) {
            List<List<String>> alternatives =
                    rule.any() ? rule.abilities().stream().map(List::of).toList() : List.of(rule.abilities());
            alternatives.forEach(each -> operation.addSecurityItem(new SecurityRequirement().addList(SCHEME, each)));
        } else if (!rule.any()) { // both must hold; a second choice is told in words alone
            operation
                    .getSecurity()
                    .forEach(one -> one.computeIfPresent(
                            SCHEME,
                            (scheme, already) -> Stream.concat(already.stream(), rule.abilities().stream())
                                    .distinct()
                                    .toList()));
        }
    }
}
