package dev.sanctum4j.spring.ability;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.RequiresAbility;
import dev.sanctum4j.spring.RequiresAnyAbility;
import dev.sanctum4j.spring.ability.AbilityCatalog.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.asm.ClassReader;
import org.springframework.asm.Type;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.io.Resource;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Finds the abilities of an application. Of classes that are not loaded anyway, only those are that describe abilities. */
final class AbilityScan {

    private static final Logger LOG = LoggerFactory.getLogger(AbilityScan.class);
    private static final String ANNOTATION = Type.getDescriptor(Ability.class);

    private AbilityScan() {}

    /** The constants with {@link Ability} in the packages of the application. */
    static Collection<Entry> constants(ConfigurableApplicationContext context) {
        List<Entry> found = new ArrayList<>();
        if (AutoConfigurationPackages.has(context)) {
            for (String base : AutoConfigurationPackages.get(context)) {
                try {
                    for (Resource type : context.getResources(
                            "classpath*:" + ClassUtils.convertClassNameToResourcePath(base) + "/**/*.class")) {
                        byte[] bytes = type.getContentAsByteArray();
                        if (new String(bytes, StandardCharsets.ISO_8859_1).contains(ANNOTATION)) {
                            addConstants(new ClassReader(bytes).getClassName(), context.getClassLoader(), found);
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("the classes of " + base + " cannot be read", e);
                }
            }
        }
        return found;
    }

    private static void addConstants(String path, @Nullable ClassLoader loader, List<Entry> found) {
        try {
            Class<?> type = ClassUtils.forName(ClassUtils.convertResourcePathToClassName(path), loader);
            ReflectionUtils.doWithLocalFields(type, field -> {
                Ability ability = field.getAnnotation(Ability.class);
                if (ability != null && Modifier.isStatic(field.getModifiers())) {
                    ReflectionUtils.makeAccessible(field);
                    if (field.get(null) instanceof String name) {
                        found.add(new Entry(name, ability.value(), ability.group()));
                    }
                }
            });
        } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
            LOG.debug("The abilities in {} are not described, for it cannot be loaded: {}", path, e.toString());
        }
    }

    /** What annotations on beans ask for. */
    static Set<String> required(ConfigurableApplicationContext context) {
        Set<String> names = new TreeSet<>();
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        for (String name : beans.getBeanDefinitionNames()) {
            BeanDefinition definition = beans.getBeanDefinition(name);
            Class<?> type = definition.isAbstract() ? null : beans.getType(name, false);
            if (type == null
                    || !AnnotationUtils.isCandidateClass(
                            type, List.of(RequiresAbility.class, RequiresAnyAbility.class))) {
                continue;
            }
            Class<?> own = ClassUtils.getUserClass(type);
            for (Method method : ReflectionUtils.getUniqueDeclaredMethods(own)) {
                if (!method.isSynthetic() && method.getDeclaringClass() != Object.class) {
                    names.addAll(AbilityMethods.abilities(AopUtils.getMostSpecificMethod(method, own), own));
                }
            }
        }
        return names;
    }

    /** What the rules of filter chains ask for, on routes of controllers. */
    static Set<String> routed(ConfigurableApplicationContext context) {
        ChainRules rules = new ChainRules(context.getBeanProvider(SecurityFilterChain.class)
                .orderedStream()
                .toList());
        Set<String> names = new TreeSet<>();
        context.getBeanProvider(RequestMappingInfoHandlerMapping.class).stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .forEach(route -> {
                    Set<RequestMethod> methods = route.getMethodsCondition().getMethods();
                    for (RequestMethod method : methods.isEmpty() ? EnumSet.allOf(RequestMethod.class) : methods) {
                        for (String path : route.getPatternValues()) {
                            rules.of(method.name(), path).forEach(rule -> names.addAll(rule.abilities()));
                        }
                    }
                });
        return names;
    }
}
