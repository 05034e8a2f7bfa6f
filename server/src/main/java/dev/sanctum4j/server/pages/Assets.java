package dev.sanctum4j.server.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.ResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;

/**
 * Scripts, styles and the logo, served below {@code /sanctum4j/}. Our own pages name theirs with a hash of them all in the path, {@code
 * /sanctum4j/0123456789ab/page.js}, and browsers keep them for a year. Any other hash, which a page of another version names while
 * the nodes are replaced, leads to this one; a request that was led already, and came to a node of yet another version, is answered
 * with what there is and not kept. The elements, which any page may use, have no hash: they are asked for again each time, and answered
 * with 304.
 *
 * <p>Thread-safe.
 */
@Component
class Assets implements WebMvcConfigurer {

    private static final String PATH = "/sanctum4j/";
    private static final String ELEMENTS = "classpath:/META-INF/resources/sanctum4j/";
    private static final String PAGES = "classpath:/META-INF/resources/sanctum4j-server/";
    private static final String MOVED = "moved";
    private static final Duration LONG = Duration.ofDays(365);

    /** What is the operator's, or has something of theirs in it. */
    private final Map<String, Resource> own = new TreeMap<>();

    private final String hash;
    private final @Nullable Logo logo;

    Assets(PageProperties settings) {
        logo = settings.logo().isEmpty() ? null : Logo.of(settings.logo());
        byte[] picture = logo == null ? null : logo.content();
        if (logo != null && picture != null) {
            own.put(logo.file(), new InMemory(logo.file(), picture));
        }
        try {
            Map<String, Resource> all = new TreeMap<>();
            for (String folder : List.of(ELEMENTS, PAGES)) {
                for (Resource file : new PathMatchingResourcePatternResolver().getResources(folder + "*.*")) {
                    all.put(Objects.requireNonNull(file.getFilename()), file);
                }
            }
            if (!settings.accent().isEmpty()) {
                String css = Objects.requireNonNull(all.get("page.css")).getContentAsString(StandardCharsets.UTF_8)
                        + Accent.of(settings.accent()).css();
                own.put("page.css", new InMemory("page.css", css.getBytes(StandardCharsets.UTF_8)));
            }
            all.putAll(own);
            hash = hash(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this version of a file of our pages is. */
    String path(String file) {
        return PATH + hash + "/" + file;
    }

    /** Where the logo is; null if there is none. */
    @Nullable
    String logo() {
        return logo == null ? null : own.containsKey(logo.file()) ? path(logo.file()) : logo.file();
    }

    /** From where else pictures come, for the policy of the pages, with a blank before it. */
    String pictures() {
        return logo == null ? "" : logo.origin();
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler(path("*"))
                .addResourceLocations(PAGES, ELEMENTS) // what is loaded later is theirs
                .setUseLastModified(false)
                .setCacheControl(CacheControl.maxAge(LONG).cachePublic().immutable())
                .resourceChain(false)
                .addResolver(new OwnFirst());
        registry.addResourceHandler(foreign())
                .addResourceLocations(PAGES, ELEMENTS)
                .setUseLastModified(false)
                .setCacheControl(CacheControl.noStore())
                .resourceChain(false)
                .addResolver(new OwnFirst());
        registry.addResourceHandler(PATH + "**")
                .addResourceLocations(ELEMENTS)
                .setEtagGenerator(Assets::etag)
                .setCacheControl(CacheControl.noCache());
    }

    /** What an HTML of another version names, and what its script loads later, which looks at the version itself. */
    private String[] foreign() {
        Set<String> named = new TreeSet<>(own.keySet());
        named.addAll(List.of("page.js", "more.js", "page.css", "icon.svg"));
        return named.stream()
                .map(file -> PATH + "{hash:(?!" + hash + ")[0-9a-f]{12}}/" + file)
                .toArray(String[]::new);
    }

    /** Leads to this version once: two nodes of different versions would go on for ever. */
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new HandlerInterceptor() {
                    @Override
                    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
                            throws IOException {
                        if (MOVED.equals(request.getQueryString())) {
                            return true;
                        }
                        response.sendRedirect(
                                request.getContextPath() + path(name(request.getRequestURI())) + "?" + MOVED);
                        return false;
                    }
                })
                .addPathPatterns(foreign());
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String etag(Resource file) {
        try (InputStream content = file.getInputStream()) {
            return "W/\"" + DigestUtils.md5DigestAsHex(content) + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(Map<String, Resource> files) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (Resource file : files.values()) {
                all.update(file.getContentAsByteArray());
            }
            return HexFormat.of().formatHex(all.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Finds what is the operator's before what is ours. */
    private final class OwnFirst implements ResourceResolver {

        @Override
        public @Nullable Resource resolveResource(
                @Nullable HttpServletRequest request,
                String path,
                List<? extends Resource> locations,
                ResourceResolverChain chain) {
            String name = name(path); // below a foreign hash, the path begins with it
            Resource file = own.get(name);
            return file == null ? chain.resolveResource(request, name, locations) : file;
        }

        @Override
        public @Nullable String resolveUrlPath(
                String path, List<? extends Resource> locations, ResourceResolverChain chain) {
            return chain.resolveUrlPath(path, locations);
        }
    }

    /** What its name says, by which its type is found. */
    private static final class InMemory extends ByteArrayResource {

        private final String name;

        InMemory(String name, byte[] content) {
            super(content);
            this.name = name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return super.equals(other) && other instanceof InMemory file && name.equals(file.name);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }
}
