package dev.sanctum4j.spring.mcp;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.InvalidTokenRequestException;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.spring.AbilityRule;
import dev.sanctum4j.spring.ability.AbilityCatalog;
import dev.sanctum4j.spring.ability.AbilityMethods;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.mcp.AsyncMcpToolCallbackProvider;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.mcp.annotation.McpComplete;
import org.springframework.ai.mcp.annotation.McpPrompt;
import org.springframework.ai.mcp.annotation.McpResource;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.method.MethodToolCallback;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.core.Authentication;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriTemplate;

/**
 * What is asked of whoever calls a tool, reads a resource, gets a prompt or has an argument completed, by name: what its method's annotations say. Those
 * are read from the method itself: Spring AI calls methods by reflection, private, final and static ones too, which no proxy sees.
 *
 * <p>Thread-safe.
 */
final class McpTools implements AbilityCatalog.Source, SmartInitializingSingleton {

    /** What a server offers. */
    enum Kind {
        TOOL,
        RESOURCE,
        PROMPT,
        /** Of an argument of a prompt or a resource, by the name of that. */
        COMPLETION
    }

    /** The longest name of a tool that the protocol knows, and the longest that an answer repeats. */
    private static final int LONGEST = 128;

    /** What the ability of a tool begins with, if it has one of its own. */
    private static final String OF_TOOL = "mcp:";

    private record Key(Kind kind, String name) {}

    private record Offer(String title, String description) {}

    private final ConfigurableListableBeanFactory beans;
    private final boolean abilityPerTool;
    private final Map<Key, Offer> offers = new ConcurrentHashMap<>();
    private final Map<Key, List<AbilityRule<?>>> handled = new ConcurrentHashMap<>();
    private volatile @Nullable Map<Key, List<AbilityRule<?>>> known;

    McpTools(ConfigurableListableBeanFactory beans, boolean abilityPerTool) {
        this.beans = beans;
        this.abilityPerTool = abilityPerTool;
    }

    /** Until all beans are made nothing is kept, for a bean may be of another class than it is declared; and no provider is asked. */
    @Override
    public void afterSingletonsInstantiated() {
        Map<Key, List<AbilityRule<?>>> found = scan();
        callbacks()
                .forEach(callback ->
                        addCalled(found, Kind.TOOL, callback.getToolDefinition().name(), callback));
        known = found;
        if (abilityPerTool) {
            offers.keySet().stream()
                    .filter(key -> key.kind() == Kind.TOOL && own(key).isEmpty())
                    .map(Key::name)
                    .sorted()
                    .forEach(McpTools::checkName);
        }
    }

    /** What no token could list, only {@code *} would open. */
    private static void checkName(String tool) {
        try {
            TokenRequest.checkAbilities(Abilities.of(OF_TOOL + tool));
        } catch (InvalidTokenRequestException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "sanctum.mcp.ability-per-tool",
                    true,
                    "No token can have an ability of the name " + OF_TOOL + tool + ". " + e.getMessage()
                            + " Give that tool another name, or its method @RequiresAbility.");
        }
    }

    private Map<Key, List<AbilityRule<?>>> asked() {
        Map<Key, List<AbilityRule<?>>> kept = known;
        return kept == null ? scan() : kept;
    }

    /** A server offers this. */
    void offered(Kind kind, String name, String title, @Nullable String description) {
        offers.put(new Key(kind, name), new Offer(title, Objects.requireNonNullElse(description, "")));
    }

    /**
     * What serves this may call a method, whose object may be no bean.
     *
     * @return whether it does
     */
    boolean handled(Kind kind, String name, Object handler) {
        return addCalled(handled, kind, name, handler);
    }

    /**
     * What keeps a caller from something.
     *
     * @param kinds all that it is
     * @param name of a resource, its URI or that of its template
     * @return null if nothing does
     */
    AbilityRule.@Nullable Decision refusal(List<Kind> kinds, String name, @Nullable Authentication caller) {
        return kinds.stream()
                .flatMap(kind -> rules(kind, name))
                .map(rule -> rule.decide(caller))
                .filter(decision -> !decision.isGranted())
                .findFirst()
                .orElse(null);
    }

    private Stream<AbilityRule<?>> rules(Kind kind, String name) {
        Key key = new Key(kind, name);
        List<AbilityRule<?>> own = own(key);
        if (!own.isEmpty()) {
            return own.stream();
        }
        if (kind == Kind.RESOURCE && !offers.containsKey(key)) {
            return Stream.of(asked(), handled)
                    .flatMap(some -> some.entrySet().stream())
                    .filter(one -> one.getKey().kind() == kind
                            && new UriTemplate(one.getKey().name()).matches(name))
                    .flatMap(one -> one.getValue().stream());
        }
        return abilityPerTool && kind == Kind.TOOL
                ? Stream.of(new AbilityRule<>(
                        List.of(OF_TOOL + name.substring(0, Math.min(name.length(), LONGEST))), false))
                : Stream.empty();
    }

    private List<AbilityRule<?>> own(Key key) {
        return Stream.of(asked(), handled)
                .flatMap(some -> some.getOrDefault(key, List.of()).stream())
                .distinct()
                .toList();
    }

    /** The tools that any valid token may call, by name. */
    List<String> open() {
        return offers.keySet().stream()
                .filter(key -> key.kind() == Kind.TOOL
                        && rules(Kind.TOOL, key.name()).findAny().isEmpty())
                .map(Key::name)
                .sorted()
                .toList();
    }

    /** The abilities of what is offered: described by the only thing that asks, or by the titles of all that do. */
    @Override
    public Collection<AbilityCatalog.Entry> entries() {
        Map<String, List<Offer>> askedBy = new TreeMap<>();
        offers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey((one, other) -> one.name().compareTo(other.name())))
                .forEach(offer -> rules(offer.getKey().kind(), offer.getKey().name())
                        .flatMap(rule -> rule.abilities().stream())
                        .forEach(ability -> {
                            List<Offer> by = askedBy.computeIfAbsent(ability, name -> new ArrayList<>());
                            if (offer.getKey().kind() != Kind.COMPLETION) {
                                by.add(offer.getValue());
                            }
                        }));
        return askedBy.entrySet().stream()
                .map(one -> new AbilityCatalog.Entry(one.getKey(), described(one.getValue()), ""))
                .toList();
    }

    private static String described(List<Offer> by) {
        return by.size() == 1
                ? by.get(0).description()
                : by.stream().map(Offer::title).collect(Collectors.joining(", "));
    }

    private Map<Key, List<AbilityRule<?>>> scan() {
        Map<Key, List<AbilityRule<?>>> found = new HashMap<>();
        for (String bean : beans.getBeanNamesForType(Object.class, true, false)) {
            Object made = beans.getSingleton(bean);
            Class<?> type = made == null || made instanceof FactoryBean<?>
                    ? beans.getType(bean, false)
                    : AopUtils.getTargetClass(made);
            if (type != null) {
                Class<?> own = ClassUtils.getUserClass(type);
                ReflectionUtils.doWithMethods(
                        own, method -> add(found, method, own), ReflectionUtils.USER_DECLARED_METHODS);
            }
        }
        return found;
    }

    /**
     * Those of objects that are no beans as well, of which nobody else knows what their methods ask. Unless told
     * not to, Spring AI asks the same providers; those of MCP clients, which ask a network, know no methods.
     */
    private Stream<ToolCallback> callbacks() {
        Stream<?> lists = Stream.of(beans.getBeanNamesForType(Collection.class, true, false))
                .map(beans::getSingleton)
                .flatMap(one -> one instanceof Collection<?> some ? some.stream() : Stream.empty());
        return Stream.of(
                        beans.getBeanProvider(MethodToolCallback.class).stream(),
                        beans.getBeanProvider(ToolCallbackProvider.class).stream(),
                        lists)
                .flatMap(some -> some)
                .filter(one ->
                        !(one instanceof SyncMcpToolCallbackProvider || one instanceof AsyncMcpToolCallbackProvider))
                .flatMap(one -> one instanceof ToolCallbackProvider provider
                        ? Stream.of(provider.getToolCallbacks())
                        : Stream.of(one))
                .filter(ToolCallback.class::isInstance)
                .map(ToolCallback.class::cast);
    }

    /** A tool's field has one name, that of anything else another. */
    private static boolean addCalled(Map<Key, List<AbilityRule<?>>> found, Kind kind, String name, Object callback) {
        if (part(callback, "toolMethod", "method") instanceof Method method) {
            Object target = part(callback, "toolObject", "bean");
            add(
                    found,
                    kind,
                    name,
                    method,
                    target == null ? method.getDeclaringClass() : AopUtils.getTargetClass(target));
            return true;
        }
        return false;
    }

    private static @Nullable Object part(Object callback, String... names) {
        for (String name : names) {
            Field field = ReflectionUtils.findField(callback.getClass(), name);
            if (field != null) {
                ReflectionUtils.makeAccessible(field);
                return ReflectionUtils.getField(field, callback);
            }
        }
        return null;
    }

    private static void add(Map<Key, List<AbilityRule<?>>> found, Method method, Class<?> type) {
        add(found, method, type, Kind.TOOL, McpTool.class, tool -> StringUtils.hasText(tool.name()) ? tool.name() : "");
        add(found, method, type, Kind.TOOL, Tool.class, tool -> StringUtils.hasText(tool.name()) ? tool.name() : "");
        add(found, method, type, Kind.PROMPT, McpPrompt.class, McpPrompt::name);
        add(found, method, type, Kind.RESOURCE, McpResource.class, McpResource::uri);
        add(found, method, type, Kind.COMPLETION, McpComplete.class, of -> of.prompt() + of.uri()); // one is empty
    }

    private static <A extends Annotation> void add(
            Map<Key, List<AbilityRule<?>>> found,
            Method method,
            Class<?> type,
            Kind kind,
            Class<A> annotation,
            Function<A, String> name) {
        A marked = AnnotatedElementUtils.findMergedAnnotation(method, annotation);
        if (marked != null) {
            String said = name.apply(marked);
            add(found, kind, said.isEmpty() ? method.getName() : said, method, type);
        }
    }

    /** Where several methods have one name, what all of them ask. */
    private static void add(
            Map<Key, List<AbilityRule<?>>> found, Kind kind, String name, Method method, Class<?> type) {
        List<AbilityRule<?>> rules = List.copyOf(AbilityMethods.rules(method, type));
        if (!rules.isEmpty()) {
            found.merge(
                    new Key(kind, name),
                    rules,
                    (some, more) -> Stream.concat(some.stream(), more.stream())
                            .distinct()
                            .toList());
        }
    }
}
