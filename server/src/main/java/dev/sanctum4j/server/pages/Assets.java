package dev.sanctum4j.server.pages;

import jakarta.servlet.http.HttpServletRequest;
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
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.ResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;

/**
 * Scripts, styles and the logo, served below {@code /sanctum4j/}. Our own pages name theirs with a hash of them all in the path, {@code
 * /sanctum4j/0123456789ab/page.js}, and browsers keep them for a year. Any other hash, which a page of another version names while
 * the nodes are replaced, leads to this one. The elements, which any page may use, have no hash:
 * they are asked for again each time, and answered with 304.
 *
 * <p>Thread-safe.
 */
@Component
class Assets implements WebMvcConfigurer {

    private static final String PATH = "/sanctum4j/";
    private static final String ELEMENTS = "classpath:/META-INF/resources/sanctum4j/";
    private static final String PAGES = "classpath:/META-INF/resources/sanctum4j-server/";
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
        registry.addResourceHandler(PATH + "**")
                .addResourceLocations(ELEMENTS)
                .setEtagGenerator(Assets::etag)
                .setCacheControl(CacheControl.noCache());
    }

    /**
     * What an HTML of another version names. Not what its script loads later, for that has to be of the version of the script: there
     * the page says that it could not be loaded.
     */
    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        Set<String> named = new TreeSet<>(own.keySet());
        named.addAll(List.of("page.js", "page.css", "icon.svg"));
        for (String file : named) {
            registry.addRedirectViewController(PATH + "{hash:(?!" + hash + ")[0-9a-f]{12}}/" + file, path(file))
                    .setStatusCode(HttpStatus.FOUND);
        }
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
            Resource file = own.get(path);
            return file == null ? chain.resolveResource(request, path, locations) : file;
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
