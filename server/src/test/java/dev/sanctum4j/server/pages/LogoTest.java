package dev.sanctum4j.server.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture before the name: what it is, its content says. */
class LogoTest {

    @TempDir
    private Path folder;

    private String file(byte[] content) throws IOException {
        return Files.write(folder.resolve("logo.txt"), content).toString();
    }

    private String file(String content) throws IOException {
        return file(content.getBytes(StandardCharsets.UTF_8));
    }

    private static Assets assets(String logo) {
        return new Assets(new PageProperties("Acme", logo, "", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "89504e470d0a1a0a0000, png",
        "ffd8ffe000104a464946, jpg",
        "524946462400000057454250, webp",
    })
    void typeIsThatOfTheFirstBytes(String bytes, String type) throws IOException {
        assertThat(Logo.of(file(HexFormat.of().parseHex(bytes))).file()).isEqualTo("logo." + type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<svg xmlns='http://www.w3.org/2000/svg'/>",
                "\ufeff<?xml version='1.0'?>\n<!-- made by hand -->\n<svg>",
                "<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'a' 'b'>\n<svg\nwidth='1'>"
            })
    void svgIsToldByItsFirstElement(String text) throws IOException {
        assertThat(Logo.of(file(text)).file()).isEqualTo("logo.svg");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html><svg></svg></html>", "GIF89a", "svg", "<svgs>", "<!doctype html><script>", "%PDF"})
    void nothingElseIsServed(String text) throws IOException {
        String file = file(text);

        assertThatThrownBy(() -> Logo.of(file))
                .hasMessage(
                        "sanctum.pages.logo must be an SVG, PNG, JPEG or WebP of at most 256 KiB, was '" + file + "'");
    }

    @Test
    void fileIsSmallAndThere() throws IOException {
        byte[] large = Arrays.copyOf(HexFormat.of().parseHex("89504e470d0a1a0a"), 256 * 1024);
        assertThat(Logo.of(file(large)).content()).hasSize(256 * 1024);
        String larger = file(Arrays.copyOf(large, large.length + 1));
        assertThatThrownBy(() -> Logo.of(larger)).hasMessageContaining("at most 256 KiB");

        String none = folder.resolve("none.svg").toString();
        assertThatThrownBy(() -> Logo.of(none)).hasMessage("sanctum.pages.logo cannot be read: '" + none + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://acme.test/logo.svg",
                "https://acme.test",
                "https://user@acme.test/logo.svg",
                "https://acme.test/logo.svg;script-src *",
                "https://acme.test/a b",
                "https://acme.test/'x'",
                "javascript:alert(1)",
                "data:image/svg+xml,x",
                "file:///etc/passwd"
            })
    void addressIsOfHttpsAndEndsNoPolicy(String address) {
        assertThatThrownBy(() -> Logo.of(address))
                .hasMessage(
                        "sanctum.pages.logo must be a file or an address like https://www.example.com/logo.svg, was '"
                                + address + "'");
    }

    @Test
    void policyLetsInTheHostOfTheLogoAndNoOther() throws IOException {
        String strict = PagesSecurity.policy(assets(""));

        assertThat(strict).contains("img-src 'self';").doesNotContain("unsafe", "https:");
        assertThat(PagesSecurity.policy(assets(file("<svg>")))).isEqualTo(strict);
        assertThat(PagesSecurity.policy(assets("https://cdn.acme.test:8443/a/logo.svg?v=2")))
                .isEqualTo(strict.replace("img-src 'self';", "img-src 'self' https://cdn.acme.test:8443;"));
    }

    /** A page names all its files by one hash, and browsers keep what it names: so it must be another one. */
    @Test
    void anotherLogoOrColourIsAnotherAddress() throws IOException {
        String ours = assets("").path("page.css");
        assertThat(assets("").path("page.css")).isEqualTo(ours);
        assertThat(assets(file("<svg>")).path("page.css")).isNotEqualTo(ours);
        assertThat(new Assets(new PageProperties("Acme", "", "#123456", "")).path("page.css"))
                .isNotEqualTo(ours);
    }
}
