package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.plain.PlainApplication;
import dev.sanctum4j.provider.Browser;
import dev.sanctum4j.provider.Provider;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** People who sign in at an OpenID provider. */
class OidcTest {

    @Configuration(proxyBeanMethods = false)
    @Import(PlainApplication.class)
    static class WithAPage {
        @RestController
        static class Routes {
            @GetMapping("/hello")
            String hello(Authentication caller) {
                return "hello " + caller.getName();
            }
        }
    }

    static ConfigurableApplicationContext start(Class<?> application, Provider provider, Map<String, String> more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "server.port", "0",
                "spring.main.banner-mode", "off",
                "spring.datasource.url", "jdbc:h2:mem:oidc" + Math.random()));
        settings.putAll(provider.settings("idp"));
        settings.putAll(more);
        return new SpringApplicationBuilder(application)
                .run(settings.entrySet().stream()
                        .map(one -> "--" + one.getKey() + "=" + one.getValue())
                        .toArray(String[]::new));
    }

    static String address(ConfigurableApplicationContext context) {
        return "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    /** Ours is on the class path, and Boot signs people in as if it were not. */
    @Test
    void providerAndFourSettingsSignSomebodyInWithoutUs() {
        try (Provider provider = new Provider();
                ConfigurableApplicationContext context = start(WithAPage.class, provider, Map.of())) {
            provider.put("ann", "00u-179e1", Map.of());

            Browser.Page page = new Browser().signIn(address(context) + "/hello", "ann");

            assertThat(page.body()).isEqualTo("hello 00u-179e1");
        }
    }
}
