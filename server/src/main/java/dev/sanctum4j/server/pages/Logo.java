package dev.sanctum4j.server.pages;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The picture before the name. What a file is, its first bytes tell and not its name; it is served as that and nothing else
 * ({@code nosniff}), under the policy of the pages, by which an SVG runs no script of its own.
 *
 * <p>Immutable.
 */
final class Logo {

    private static final int LARGEST = 256 * 1024;
    private static final Pattern ELSEWHERE =
            Pattern.compile("https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/%@+=&?-]*");
    private static final Pattern SVG = Pattern.compile(
            "(?s)\\A\ufeff?\\s*(<\\?xml\\b.*?\\?>\\s*)?((<!--.*?-->|<!DOCTYPE\\b[^>]*>)\\s*)*<svg[\\s>].*");

    private final String place;
    private final byte @Nullable [] content;

    private Logo(String place, byte @Nullable [] content) {
        this.place = place;
        this.content = content;
    }

    /**
     * Reads it.
     *
     * @param setting a file's name, or an https address, which is not asked
     * @throws IllegalArgumentException if it is neither, or no picture
     */
    static Logo of(String setting) {
        if (PageProperties.isAddress(setting)) {
            if (!ELSEWHERE.matcher(setting).matches()) {
                throw new IllegalArgumentException("sanctum.pages.logo must be a file or an address like"
                        + " https://www.example.com/logo.svg, was '" + setting + "'");
            }
            return new Logo(setting, null);
        }
        try {
            Path file = Path.of(setting);
            byte[] content = Files.size(file) > LARGEST ? new byte[0] : Files.readAllBytes(file);
            String type = type(content);
            if (type == null) {
                throw new IllegalArgumentException("sanctum.pages.logo must be an SVG, PNG, JPEG or WebP of at most "
                        + LARGEST / 1024 + " KiB, was '" + setting + "'");
            }
            return new Logo("logo." + type, content);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("sanctum.pages.logo cannot be read: '" + setting + "'", e);
        }
    }

    /** The name of the file, where it is one. */
    String file() {
        return place;
    }

    byte @Nullable [] content() {
        return content == null ? null : content.clone();
    }

    /** From where else the pages load something, for their policy; empty for a file. */
    String origin() {
        URI uri = URI.create(place);
        return content == null ? " https://" + uri.getRawAuthority() : "";
    }

    private static @Nullable String type(byte[] content) {
        String first = HexFormat.of().formatHex(content, 0, Math.min(12, content.length));
        if (first.startsWith("89504e470d0a1a0a")) {
            return "png";
        }
        if (first.startsWith("ffd8ff")) {
            return "jpg";
        }
        if (first.matches("52494646.{8}57454250")) {
            return "webp";
        }
        String text = new String(Arrays.copyOf(content, Math.min(4_096, content.length)), StandardCharsets.UTF_8);
        return SVG.matcher(text).matches() ? "svg" : null;
    }
}
