package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.spring.RequiresAbility;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

/** Beans are proxied as the application wants it, and only those are that would not be asked otherwise. */
class ProxiesTest {

    private static ConfigurableApplicationContext start(Class<?> more, String... properties) {
        String[] all = new String[properties.length + 3];
        System.arraycopy(properties, 0, all, 0, properties.length);
        all[properties.length] = "spring.datasource.url=jdbc:h2:mem:" + more.getSimpleName() + Math.random();
        all[properties.length + 1] = "server.port=0";
        all[properties.length + 2] = "spring.main.banner-mode=off";
        return new SpringApplicationBuilder(App.class, more).properties(all).run();
    }

    private static Http http(ConfigurableApplicationContext context) {
        return new Http(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static String bearer(ConfigurableApplicationContext context, String... abilities) {
        return "Authorization: Bearer "
                + context.getBean(Tokens.class)
                        .issue(TokenRequest.of(AppTest.ADA, "ci", abilities))
                        .plainText()
                        .reveal();
    }

    @BeforeEach
    void beNobody() {
        SecurityContextHolder.getContext()
                .setAuthentication(new AnonymousAuthenticationToken(
                        "key", "nobody", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS")));
    }

    @AfterEach
    void forget() {
        SecurityContextHolder.clearContext();
    }

    interface Reports {
        @RequiresAbility("reports:read")
        List<String> all();
    }

    /** Nothing may subclass it. */
    @Service
    static final class FinalReports implements Reports {
        @Override
        public List<String> all() {
            return List.of();
        }
    }

    @Service
    @RequiresAbility("reports:read")
    static class PlainReports {
        public List<String> all() {
            return List.of();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({FinalReports.class, PlainReports.class})
    static class Services {}

    @Test
    void abilitiesAreAskedThroughProxiesOfInterfacesAndOfClasses() {
        try (var context = start(Services.class, "spring.aop.proxy-target-class=false")) {
            Reports behind = context.getBean(Reports.class);
            PlainReports plain = context.getBean(PlainReports.class);
            assertThat(AopUtils.isJdkDynamicProxy(behind)).isTrue();
            assertThat(AopUtils.isCglibProxy(plain)).isTrue();

            assertThatThrownBy(behind::all).isInstanceOf(AuthorizationDeniedException.class);
            assertThatThrownBy(plain::all).isInstanceOf(AuthorizationDeniedException.class);
        }
    }

    @RestController
    static class Handlers {
        private final String name = "handlers";

        @GetMapping("/api/private")
        @RequiresAbility("reports:read")
        @SuppressWarnings("UnusedMethod") // MVC calls it
        private String hidden() {
            return name;
        }

        @GetMapping("/api/final")
        @RequiresAbility("reports:read")
        public final String last() {
            return name;
        }
    }

    @RestController
    @RequiresAbility("reports:read")
    static class GuardedHandlers {
        private final String name = "handlers";

        @GetMapping("/api/class/private")
        @SuppressWarnings("UnusedMethod") // MVC calls it
        private String hidden() {
            return name;
        }

        @GetMapping("/api/class/final")
        final String last() {
            return name;
        }

        String helper() {
            return name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Handlers.class, GuardedHandlers.class})
    static class Controllers {}

    @ParameterizedTest
    @ValueSource(strings = {"/api/private", "/api/final", "/api/class/private", "/api/class/final"})
    void controllerNeedsNoProxySoPrivateAndFinalHandlersGoOnWorking(String path) {
        try (var context = start(Controllers.class)) {
            assertThat(AopUtils.isAopProxy(context.getBean(Handlers.class))).isFalse();
            assertThat(AopUtils.isAopProxy(context.getBean(GuardedHandlers.class)))
                    .isFalse();
            assertThat(http(context).get(path, bearer(context, "other")).status())
                    .isEqualTo(403);
            Http.Answer answer = http(context).get(path, bearer(context, "reports:read"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("handlers");
        }
    }

    @Controller
    @RequiresAbility("reports:read")
    static class Messages {
        @MessageMapping("/reports")
        public void report() {}
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Messages.class)
    static class Messaging {}

    @Test
    void whatMvcDoesNotRouteToIsAskedThroughAProxy() {
        try (var context = start(Messaging.class)) {
            assertThatThrownBy(context.getBean(Messages.class)::report)
                    .isInstanceOf(AuthorizationDeniedException.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Handlers.class)
    static class OwnMvc extends WebMvcConfigurationSupport {}

    @Test
    void applicationThatConfiguresAllOfMvcItselfIsAskedToo() {
        try (var context = start(OwnMvc.class)) {
            assertThat(http(context)
                            .get("/api/private", bearer(context, "other"))
                            .status())
                    .isEqualTo(403);
            assertThat(http(context)
                            .get("/api/private", bearer(context, "reports:read"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void everyBeanOfOursHasANameThatNobodyElseGives() {
        try (var context = start(
                Controllers.class,
                "sanctum.endpoints.tokens=true",
                "sanctum.endpoints.password-token=true",
                "sanctum.spa.stateful=self",
                "management.health.sanctum.enabled=true",
                "management.endpoints.web.exposure.include=*")) {
            int ours = 0;
            for (String name : context.getBeanDefinitionNames()) {
                BeanDefinition definition = context.getBeanFactory().getMergedBeanDefinition(name);
                String home = definition instanceof RootBeanDefinition root && root.getResolvedFactoryMethod() != null
                        ? root.getResolvedFactoryMethod().getDeclaringClass().getName()
                        : String.valueOf(definition.getBeanClassName());
                if (home.startsWith("dev.sanctum4j.spring.")) {
                    ours++;
                    assertThat(name)
                            .satisfiesAnyOf(
                                    it -> assertThat(it).startsWith("sanctum"),
                                    it -> assertThat(it).isEqualTo(home));
                }
            }
            assertThat(ours).isGreaterThan(30);
        }
    }
}
