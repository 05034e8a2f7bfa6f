package dev.sanctum4j.spring.store;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/**
 * The class files of what bean definitions and auto-configurations are made of, and of what those name: the rest of the application,
 * and whatever it takes its annotations and superclasses from. They are read; none of them is loaded.
 *
 * <p>Not thread-safe.
 */
final class BeanClasses {

    private static final String OURS = "dev/sanctum4j/";

    /** What is in the jars that applications get from us. */
    private static final Pattern BROUGHT = Pattern.compile("dev/sanctum4j/(?:test/)?spring/.*");

    /** Those who know nothing of us, unless they are the application. */
    private static final Pattern FOREIGN =
            Pattern.compile("(?:java|javax|jdk|sun|jakarta|kotlin|org/springframework)/.*");

    /** A class within a descriptor or a signature, or by itself. */
    private static final Pattern NAME = Pattern.compile("L((?:[\\w$]+/)+[\\w$]+)[;<]|^(?:[\\w$]+/)+[\\w$]+$");

    private final ConfigurableListableBeanFactory beans;
    private final ClassLoader loader;
    private final Set<String> applicationPackages = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();

    BeanClasses(ConfigurableListableBeanFactory beans, @Nullable ClassLoader loader) {
        this.beans = beans;
        this.loader = loader == null ? Objects.requireNonNull(ClassUtils.getDefaultClassLoader()) : loader;
    }

    /** A class that uses a type of ours, or that may because it cannot be read. */
    Optional<String> user() {
        for (BeanFactory each = beans;
                each instanceof ConfigurableListableBeanFactory factory;
                each = factory.getParentBeanFactory()) {
            if (AutoConfigurationPackages.has(factory)) { // the application's, whatever they are called
                AutoConfigurationPackages.get(factory).forEach(name -> applicationPackages.add(path(name)));
            }
            for (String bean : factory.getBeanDefinitionNames()) {
                BeanDefinition definition = factory.getBeanDefinition(bean);
                String type = definition.getBeanClassName();
                if (type != null && isHidden(path(type))) {
                    return Optional.of(type);
                }
                add(definition, type);
            }
        }
        for (String later :
                ImportCandidates.load(AutoConfiguration.class, loader)) { // those after ours have no definitions yet
            add(path(later));
        }
        while (!open.isEmpty()) {
            String path = open.remove();
            List<String> names = names(path);
            if (names.stream().anyMatch(name -> name.contains(OURS))) {
                return Optional.of(ClassUtils.convertResourcePathToClassName(path));
            }
            if (isApplications(path)) {
                names.forEach(this::addAllIn);
            }
        }
        return Optional.empty();
    }

    /** Whether there is no class file, as in a native image; what is made at run time never has one. */
    private boolean isHidden(String path) {
        return isWanted(path)
                && !path.contains("$$")
                && !path.contains("$Proxy")
                && loader.getResource(path + ClassUtils.CLASS_FILE_SUFFIX) == null;
    }

    private void add(BeanDefinition definition, @Nullable String type) {
        MethodMetadata method =
                definition instanceof AnnotatedBeanDefinition annotated ? annotated.getFactoryMethodMetadata() : null;
        if (method != null) {
            String declaring = path(method.getDeclaringClassName());
            if (isWanted(declaring)) {
                add(declaring);
                add(path(method.getReturnTypeName()));
            }
        } else if (type != null) {
            add(path(type));
            if (definition instanceof AnnotatedBeanDefinition && isWanted(path(type))) {
                applicationPackages.add(packageOf(path(type)));
            }
        }
    }

    private void addAllIn(String text) {
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            add(name.group(1) == null ? name.group() : name.group(1));
        }
    }

    private void add(String path) {
        if (isWanted(path) && seen.add(path)) {
            open.add(path);
        }
    }

    private boolean isWanted(String path) {
        return !BROUGHT.matcher(path).matches()
                && (isApplications(path) || !FOREIGN.matcher(path).matches());
    }

    private static String path(String type) {
        return ClassUtils.convertClassNameToResourcePath(type.replace("[]", ""));
    }

    private boolean isApplications(String path) {
        for (String folder = packageOf(path); !folder.isEmpty(); folder = packageOf(folder)) {
            if (applicationPackages.contains(folder)) {
                return true;
            }
        }
        return false;
    }

    private static String packageOf(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** The texts in the constants of a class; none if it is not there. */
    private List<String> names(String path) {
        List<String> texts = new ArrayList<>();
        try (InputStream file = loader.getResourceAsStream(path + ClassUtils.CLASS_FILE_SUFFIX)) {
            if (file != null) {
                DataInputStream in = new DataInputStream(file);
                in.skipNBytes(8);
                int count = in.readUnsignedShort();
                for (int i = 1; i < count; i++) {
                    int tag = in.readUnsignedByte();
                    if (tag == 1) {
                        texts.add(in.readUTF());
                    } else {
                        in.skipNBytes(size(tag));
                        i += tag == 5 || tag == 6 ? 1 : 0; // a long and a double count twice
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the class " + path + " cannot be read", e);
        }
        return texts;
    }

    /** How many bytes a constant has after its tag, by chapter 4.4 of the specification of the JVM. */
    private static int size(int tag) {
        return switch (tag) {
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 5, 6 -> 8;
            default -> 4;
        };
    }
}
