package dev.sanctum4j.spring;

import dev.sanctum4j.spring.AbilityCatalog.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.asm.AnnotationVisitor;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Finds the abilities of an application, without loading a class that is not loaded anyway. */
final class AbilityScan {

    private static final String ANNOTATION = Type.getDescriptor(Ability.class);

    private AbilityScan() {}

    /** The constants with {@link Ability} in the packages of the application. */
    static Collection<Entry> constants(ConfigurableApplicationContext context) {
        List<Entry> found = new ArrayList<>();
        if (AutoConfigurationPackages.has(context)) {
            PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(context);
            for (String base : AutoConfigurationPackages.get(context)) {
                try {
                    for (Resource type : resolver.getResources(
                            "classpath*:" + ClassUtils.convertClassNameToResourcePath(base) + "/**/*.class")) {
                        try (InputStream bytes = type.getInputStream()) {
                            new ClassReader(bytes)
                                    .accept(new Fields(found), ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES);
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("the classes of " + base + " cannot be read", e);
                }
            }
        }
        return found;
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

    /** Reads the constants of one class. */
    private static final class Fields extends ClassVisitor {

        private final List<Entry> found;

        Fields(List<Entry> found) {
            super(SpringAsmInfo.ASM_VERSION);
            this.found = found;
        }

        @Override
        public @Nullable FieldVisitor visitField(
                int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
            return value instanceof String ability
                    ? new FieldVisitor(SpringAsmInfo.ASM_VERSION) {
                        @Override
                        public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                            return annotation.equals(ANNOTATION) ? new Description(ability, found) : null;
                        }
                    }
                    : null;
        }
    }

    private static final class Description extends AnnotationVisitor {

        private final String ability;
        private final List<Entry> found;
        private String description = "";
        private String group = "";

        Description(String ability, List<Entry> found) {
            super(SpringAsmInfo.ASM_VERSION);
            this.ability = ability;
            this.found = found;
        }

        @Override
        public void visit(String name, Object value) {
            if (name.equals("value")) {
                description = value.toString();
            } else {
                group = value.toString();
            }
        }

        @Override
        public void visitEnd() {
            found.add(new Entry(ability, description, group));
        }
    }
}
