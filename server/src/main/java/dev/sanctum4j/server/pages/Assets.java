package dev.sanctum4j.server.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Scripts and styles, served below {@code /sanctum4j/}. Our own pages name theirs with a hash of them all in the path, {@code
 * /sanctum4j/0123456789ab/page.js}, and browsers keep them for a year. The elements, which any page may use, have no hash:
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

    private final String ours;

    Assets() {
        try {
            PathMatchingResourcePatternResolver files = new PathMatchingResourcePatternResolver();
            ours = PATH + hash(files.getResources(PAGES + "*.*"), files.getResources(ELEMENTS + "*.*")) + "/";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this version of a file of our pages is. */
    String path(String file) {
        return ours + file;
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler(ours + "*")
                .addResourceLocations(PAGES, ELEMENTS) // what is loaded later is theirs
                .setCacheControl(CacheControl.maxAge(LONG).cachePublic().immutable());
        registry.addResourceHandler(PATH + "**")
                .addResourceLocations(ELEMENTS)
                .setEtagGenerator(Assets::etag)
                .setCacheControl(CacheControl.noCache());
    }

    private static String etag(Resource file) {
        try (InputStream content = file.getInputStream()) {
            return "W/\"" + DigestUtils.md5DigestAsHex(content) + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(Resource[]... folders) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (Resource[] folder : folders) {
                Resource[] sorted = folder.clone();
                Arrays.sort(sorted, Comparator.comparing(file -> String.valueOf(file.getFilename())));
                for (Resource file : sorted) {
                    all.update(file.getContentAsByteArray());
                }
            }
            return HexFormat.of().formatHex(all.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
