package dev.sanctum4j.spring;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.stream.Collectors;
import org.aopalliance.intercept.MethodInvocation;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Where springdoc describes the application: that it takes bearer tokens, and which ability each operation asks for. An
 * application whose {@code OpenAPI} bean has a bearer scheme describes that itself.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({GlobalOpenApiCustomizer.class, OpenAPI.class})
class SanctumOpenApiAutoConfiguration {

    static final String SCHEME = "sanctum";

    /** Every operation takes a token, unless the document says otherwise. */
    @Bean
    GlobalOpenApiCustomizer sanctumOpenApi(ObjectProvider<OpenAPI> own) {
        return api -> {
            if (own.stream().anyMatch(SanctumOpenApiAutoConfiguration::hasBearer)) {
                return;
            }
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
            if (api.getSecurity() == null) {
                api.addSecurityItem(new SecurityRequirement().addList(SCHEME));
            }
        };
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

    private static void describe(Operation operation, AbilityManager<MethodInvocation> rule) {
        String names = rule.abilities().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
        String sentence = (rule.abilities().size() == 1
                        ? "Asks for the ability "
                        : rule.any() ? "Asks for one of the abilities " : "Asks for the abilities ")
                + names + ".";
        String before = operation.getDescription();
        operation.setDescription(before == null ? sentence : before + "\n\n" + sentence);
        if (operation.getSecurity() == null) { // a second rule is told in words: both must hold
            List<List<String>> alternatives =
                    rule.any() ? rule.abilities().stream().map(List::of).toList() : List.of(rule.abilities());
            alternatives.forEach(each -> operation.addSecurityItem(new SecurityRequirement().addList(SCHEME, each)));
        }
    }
}
