package dev.sanctum4j.spring.ability;

import dev.sanctum4j.spring.Ability;
import dev.sanctum4j.spring.SanctumProperties;
import dev.sanctum4j.spring.ability.AbilityCatalog.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.springframework.asm.ClassReader;
import org.springframework.asm.Type;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Finds the abilities of an application. Of classes that are not loaded anyway, only those are that describe abilities. */
final class AbilityScan {

    private static final Logger LOG = LoggerFactory.getLogger(AbilityScan.class);
    private static final String ANNOTATION = Type.getDescriptor(Ability.class);

    private AbilityScan() {}

    /** The constants with {@link Ability} in the packages of the application; and what its properties describe, which wins. */
    static Collection<Entry> described(ConfigurableApplicationContext context, SanctumProperties properties) {
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
        properties
                .abilities()
                .described()
                .forEach(one -> found.add(new Entry(one.name(), one.description(), one.group())));
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

    /** What annotations on beans and the rules of filter chains ask for. */
    static Set<String> asked(ConfigurableApplicationContext context) {
        Set<String> names = new TreeSet<>();
        addRequired(context, names);
        addRouted(context, names);
        return names;
    }

    private static void addRequired(ConfigurableApplicationContext context, Set<String> names) {
        for (String bean : context.getBeanNamesForType(Object.class, true, false)) {
            Class<?> type = context.getType(bean, false);
            if (type != null) {
                Class<?> own = ClassUtils.getUserClass(type);
                ReflectionUtils.doWithMethods(
                        own,
                        method -> AbilityMethods.rules(method, own).forEach(rule -> names.addAll(rule.abilities())),
                        ReflectionUtils.USER_DECLARED_METHODS);
            }
        }
    }

    /** Chains are asked about the routes of controllers. */
    private static void addRouted(ConfigurableApplicationContext context, Set<String> names) {
        ChainRules chains = ChainRules.of(context);
        context.getBeanProvider(RequestMappingInfoHandlerMapping.class).stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .forEach(route -> {
                    Set<RequestMethod> methods = route.getMethodsCondition().getMethods();
                    for (RequestMethod method : methods.isEmpty() ? EnumSet.allOf(RequestMethod.class) : methods) {
                        for (String path : route.getPatternValues()) {
                            chains.of(method.name(), path).rules().forEach(rule -> names.addAll(rule.abilities()));
                        }
                    }
                });
    }
}
