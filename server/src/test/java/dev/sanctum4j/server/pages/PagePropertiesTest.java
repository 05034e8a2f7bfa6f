package dev.sanctum4j.server.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What an operator may set of the pages, by the names of the documentation. */
class PagePropertiesTest {

    private static PageProperties bind(Map<String, Object> environment) {
        return new Binder(ConfigurationPropertySources.from(
                        new SystemEnvironmentPropertySource("systemEnvironment", environment)))
                .bindOrCreate("sanctum.pages", PageProperties.class);
    }

    private static PageProperties named(String name) {
        return new PageProperties(name, "", "", "");
    }

    @Test
    void pagesAreOursUnlessSomebodySaysOtherwise() {
        PageProperties ours = new PageProperties("Sanctum4j", "", "", "");

        assertThat(bind(Map.of())).isEqualTo(ours);
        assertThat(bind(Map.of(
                        "SANCTUM_PAGES_NAME", " ",
                        "SANCTUM_PAGES_LOGO", "",
                        "SANCTUM_PAGES_ACCENT", "",
                        "SANCTUM_PAGES_FORGOTTEN_PASSWORD", "")))
                .isEqualTo(ours);
    }

    @Test
    void environmentNamesThemAsTheDocumentationDoes() {
        assertThat(bind(Map.of(
                        "SANCTUM_PAGES_NAME", " Acme & Söhne ",
                        "SANCTUM_PAGES_LOGO", "/etc/logo.svg",
                        "SANCTUM_PAGES_ACCENT", "#0F766E",
                        "SANCTUM_PAGES_FORGOTTEN_PASSWORD", "https://id.acme.test/forgotten?from=api")))
                .isEqualTo(new PageProperties(
                        "Acme & Söhne", "/etc/logo.svg", "#0F766E", "https://id.acme.test/forgotten?from=api"));
    }

    @Test
    void nameIsShortAndSeen() {
        assertThat(named("ä".repeat(40)).name()).hasSize(40);
        assertThat(named("🔑".repeat(40)).name()).hasSize(80);
        assertThatThrownBy(() -> named("a".repeat(41)))
                .hasMessage("sanctum.pages.name must be at most 40 characters long, all of which can be seen, was '"
                        + "a".repeat(41) + "'");
        for (String unseen : new String[] {"a\nb", "a\u202eb", "a\u200bb", "a\u0000b", "a\u2028b"}) {
            assertThatThrownBy(() -> named(unseen)).hasMessageEndingWith("was 'a?b'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"red", "#fff", "0f766e", "#0f766g", "#0f766e;", "#0f766e00", "rgb(0,0,0)"})
    void colourIsSixDigits(String colour) {
        assertThatThrownBy(() -> new PageProperties("a", "", colour, ""))
                .hasMessage("sanctum.pages.accent must be a colour like #0f766e, was '" + colour + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://id.acme.test", "http://localhost:81/x", "mailto:help@acme.test?subject=Password"})
    void addressForPeopleIsOneThatABrowserGoesTo(String address) {
        assertThat(new PageProperties("a", "", "", address).forgottenPassword()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "JavaScript:alert(1)",
                "data:text/html,x",
                "/forgotten",
                "//acme.test",
                "https:",
                "https:///x",
                "https://somebody@acme.test/",
                "https://acme.test/a b",
                "mailto:help",
                "mailto:",
                "ftp://acme.test"
            })
    void noOtherAddressIsTaken(String address) {
        assertThatThrownBy(() -> new PageProperties("a", "", "", address))
                .hasMessage(
                        "sanctum.pages.forgotten-password must be an address like https://id.example.com/forgotten or"
                                + " mailto:help@example.com, was '" + address + "'");
    }
}
