package dev.sanctum4j.spring.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.annotated.Annotated;
import com.example.behind.Behind;
import com.example.composed.Composed;
import com.example.helped.Helped;
import com.example.inherits.Inherits;
import com.example.injects.Injects;
import com.example.plain.Plain;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.samples.clinic.Clinic;

/** When tokens are in use: by settings, and by what the classes of beans name. */
class OnTokensInUseTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(Plain.class)
            .withConfiguration(AutoConfigurations.of(InUse.class, NotInUse.class));

    @Configuration(proxyBeanMethods = false)
    @Conditional(OnTokensInUse.class)
    static class InUse {
        @Bean
        String used() {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Conditional(OnTokensInUse.Not.class)
    static class NotInUse {
        @Bean
        String unused() {
            return "";
        }
    }

    private static void assertUsed(ApplicationContextRunner application) {
        application.run(context -> assertThat(context).hasBean("used").doesNotHaveBean("unused"));
    }

    private static void assertUnused(ApplicationContextRunner application) {
        application.run(context -> assertThat(context).hasBean("unused").doesNotHaveBean("used"));
    }

    @Test
    void dependencyAloneIsNoUse() {
        assertUnused(application);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sanctum.endpoints.tokens=true",
                "sanctum.endpoints.password-token=true",
                "sanctum.endpoints.passwordToken=TRUE",
                "sanctum.endpoints.session=true",
                "sanctum.spa.stateful=self",
                "sanctum.spa.stateful[0]=app.example.test",
                "sanctum.websocket.path=/ws",
                "sanctum.broadcasting.key=app"
            })
    void whatIsSwitchedOnIsUse(String property) {
        assertUsed(application.withPropertyValues(property));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sanctum.endpoints.tokens=false",
                "sanctum.spa.stateful=",
                "sanctum.paths=/api/private/**",
                "sanctum.jdbc.table=tokens"
            })
    void whatIsSwitchedOffOrSaysHowIsNoUse(String property) {
        assertUnused(application.withPropertyValues(property));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Injects.class,
                Annotated.class,
                Behind.class,
                Composed.class,
                Inherits.class,
                Helped.class,
                Clinic.class
            })
    void beanWhoseClassNamesATypeOfOursIsUse(Class<?> bean) {
        assertUsed(application.withUserConfiguration(bean));
    }

    @Test
    void beanOfAFunctionIsUse() {
        assertUsed(application.withInitializer(
                context -> ((GenericApplicationContext) context).registerBean(Annotated.class, Annotated::new)));
    }

    @Test
    void classThatCannotBeReadCountsAsUse() {
        Consumer<GenericApplicationContext> hidden = context -> context.registerBeanDefinition(
                "hidden",
                org.springframework.beans.factory.support.BeanDefinitionBuilder.genericBeanDefinition(
                                "com.example.NowhereToBeFound")
                        .setAbstract(true)
                        .getBeanDefinition());
        assertUsed(application.withInitializer(context -> hidden.accept((GenericApplicationContext) context)));
    }

    /** It is ordered after ours, so its definition is not there yet. */
    @Test
    void autoConfigurationOfALibraryIsUse(@TempDir Path folder) throws IOException {
        Path list = folder.resolve("META-INF/spring/" + AutoConfiguration.class.getName() + ".imports");
        Files.createDirectories(list.getParent());
        Files.writeString(list, Injects.class.getName());
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            assertUsed(application.withClassLoader(loader));
        }
    }

    @Test
    void parentsUseIsUse() {
        new ApplicationContextRunner()
                .withUserConfiguration(Annotated.class)
                .run(parent -> assertUsed(application.withParent(parent)));
    }

    @Test
    void reportOfConditionsSaysWhy() {
        application
                .withUserConfiguration(Annotated.class)
                .run(context -> assertThat(ConditionEvaluationReport.get(context.getBeanFactory())
                                .getConditionAndOutcomesBySource()
                                .get(InUse.class.getName()))
                        .anySatisfy(one -> assertThat(one.getOutcome().getMessage())
                                .isEqualTo("tokens in use com.example.annotated.Annotated names a type of Sanctum4j")));
    }
}
