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
import java.util.List;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Modules and styles, served below {@code /sanctum4j/}. Our own pages name them with a hash of them all in the path, {@code
 * /sanctum4j/0123456789ab/page.js}: relative imports stay below it, and browsers keep them for a year. Without the hash they
 * are asked for again each time, and answered with 304.
 *
 * <p>Thread-safe.
 */
@Component
class Assets implements WebMvcConfigurer {

    static final String PATH = "/sanctum4j/";

    private static final String FOLDER = "classpath:/META-INF/resources/sanctum4j/";
    private static final Duration LONG = Duration.ofDays(365);

    private final List<Resource> files;
    private final String hash;

    Assets() {
        try {
            files = Arrays.stream(new PathMatchingResourcePatternResolver().getResources(FOLDER + "*"))
                    .filter(Resource::isReadable)
                    .sorted(Comparator.comparing(file -> String.valueOf(file.getFilename())))
                    .toList();
            hash = hash(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this version of a file is. */
    String path(String file) {
        return PATH + hash + "/" + file;
    }

    /** The modules, which a page can ask for before it knows that it needs them. */
    List<String> modules() {
        return files.stream()
                .map(file -> String.valueOf(file.getFilename()))
                .filter(name -> name.endsWith(".js"))
                .toList();
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler(PATH + hash + "/**")
                .addResourceLocations(FOLDER)
                .setCacheControl(CacheControl.maxAge(LONG).cachePublic().immutable());
        registry.addResourceHandler(PATH + "**")
                .addResourceLocations(FOLDER)
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

    private static String hash(List<Resource> files) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (Resource file : files) {
                all.update(file.getContentAsByteArray());
            }
            return HexFormat.of().formatHex(all.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
