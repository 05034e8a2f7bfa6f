package dev.sanctum4j.spa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirstPartyTest {

    private static final String OWN = "https://api.example.com";

    /**
     * B43. Where the answer is another than Sanctum's, the design says why: origins are parsed, hosts have no case, a
     * scheme may be listed, and the wildcard stays within the host.
     */
    @ParameterizedTest
    @CsvSource({
        "test.com, https://test.com, true",
        "test.com, https://test.com/any/path, true",
        "test.com, https://test.com?any=query, true",
        "test.com, https://test.com#any, true",
        "test.com, https://wrong.com, false",
        "test.com, https://test.com.x, false",
        "test.com, https://test.com:8080, false",
        "test.com, https://test.com:443, true",
        "test.com:8080, https://test.com:8080/x, true",
        "test.com:8080, https://test.com, false",
        "test.com:*, https://test.com:8080, true",
        "test.com:*, https://test.com, true",
        "test.com:*, https://test.com:65535, true",
        "test.com:*, https://test.com:65536, false",
        "test.com, https://TEST.com, true",
        "TEST.com, https://test.com, true",
        "test.com, http://test.com, false",
        "http://test.com, http://test.com, true",
        "http://test.com, https://test.com, false",
        "https://test.com, https://test.com, true",
        "HTTPS://test.com, https://test.com, true",
        "*.test.com, https://foobar.test.com/, true",
        "*.test.com, https://a.b.test.com, true",
        "*.test.com, https://test.com, false",
        "*.test.com, https://evil.com/x.test.com/y, false",
        "*.test.com:*, https://a.test.com:8443, true",
        "[::1]:3000, http://[::1]:3000, true",
        "[::1], http://[::1]:3000, false",
        "[::1]:*, http://[::1]:3000, true",
    })
    void refererIsComparedPartByPart(String entry, String referer, boolean expected) {
        assertThat(FirstParty.of(List.of(entry)).admits(null, null, referer, OWN))
                .isEqualTo(expected);
    }

    /** R39. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "https://",
                "https:///",
                "https://evil.com/app.example.com/",
                "https://evil.com/x.example.com/",
                "https://evil.com?https://app.example.com",
                "https://evil.com#.example.com",
                "https://evil.com\\.example.com",
                "https://evil.com\\@app.example.com",
                "https://user@app.example.com",
                "https://user:password@app.example.com",
                "https://app.example.com@evil.com",
                "https://app.example.com:443@evil.com",
                "https://app.example.com:@evil.com",
                "https://app.example.com.evil.com",
                "https://evil-app.example.com.evil.com",
                "https://evilapp.example.com.",
                "https://notexample.com",
                "https://app.example.com.",
                "https://app.example.com..",
                "https://.example.com",
                "https://app..example.com",
                "https://app.example.com:",
                "https://app.example.com:0",
                "https://app.example.com:80",
                "https://app.example.com:8443",
                "https://app.example.com:65979",
                "https://app.example.com:443443",
                "https://app.example.com:-443",
                "https://app.example.com:+443",
                "https://app.example.com:\uff14\uff14\uff13",
                "http://app.example.com",
                "http://app.example.com:443",
                "ftp://app.example.com",
                "wss://app.example.com",
                "javascript://app.example.com/%0aalert(1)",
                "blob:https://app.example.com/1",
                "file://app.example.com",
                "myapp://app.example.com",
                "//app.example.com",
                "https:/app.example.com",
                "https:app.example.com",
                "https://https://app.example.com",
                " https://app.example.com",
                "https://app.example.com ",
                "https:// app.example.com",
                "https://app.example.com\t",
                "https://app.example.com\u0000",
                "https://app%2eexample.com",
                "https://app.example.com%00.evil.com",
                "https://app\u3002example.com",
                "https://app.ex\u0430mple.com",
                "https://xn--pp-eja.example.org",
                "https://[app.example.com]",
                "https://[::1",
                "https://app.example.com,https://evil.com",
                "https://evil.com https://app.example.com",
            })
    void siteThatOnlyLooksListedIsNot(String site) {
        FirstParty firstParty = FirstParty.of(List.of("app.example.com", "*.app.example.com", "self"));

        assertThat(firstParty.admits(site, null, null, OWN)).isFalse();
        assertThat(firstParty.admits(null, null, site, OWN)).isFalse();
        assertThat(firstParty.listsOrigin(site)).isFalse();
        // Neither do the good headers that follow rescue it.
        assertThat(firstParty.admits(site, "same-origin", "https://app.example.com/", OWN))
                .isFalse();
    }

    @Test
    void originHasNothingButSchemeHostAndPort() {
        FirstParty firstParty = FirstParty.of(List.of("app.example.com"));

        assertThat(firstParty.admits("https://app.example.com", null, null, OWN))
                .isTrue();
        assertThat(firstParty.admits("HTTPS://App.Example.COM", null, null, OWN))
                .isTrue();
        assertThat(firstParty.admits("https://app.example.com/", null, null, OWN))
                .isFalse();
        assertThat(firstParty.admits("https://app.example.com/path", null, null, OWN))
                .isFalse();
        assertThat(firstParty.admits("app.example.com", null, null, OWN)).isFalse();
    }

    /** Its lower case is an ASCII k. */
    @Test
    void kelvinSignIsNoK() {
        FirstParty firstParty = FirstParty.of(List.of("kiosk.example.com"));

        assertThat(firstParty.admits("https://\u212aiosk.example.com", null, null, OWN))
                .isFalse();
        assertThat(firstParty.admits("https://kiosk.example.com", null, null, OWN))
                .isTrue();
    }

    @Test
    void requestWithoutAnyHeaderIsNotFirstParty() {
        assertThat(FirstParty.of(List.of("app.example.com", "self")).admits(null, null, null, OWN))
                .isFalse();
        assertThat(FirstParty.of(List.of()).admits("https://app.example.com", null, null, OWN))
                .isFalse();
    }

    /** The first header that is present decides. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://app.example.com, cross-site, https://evil.com/, true",
                "https://evil.com, same-origin, https://app.example.com/, false",
                "null, same-origin, https://app.example.com/, false",
                "'', same-origin, https://app.example.com/, false",
                "-, same-origin, https://evil.com/, true",
                "-, same-origin, -, true",
                "-, cross-site, https://app.example.com/, false",
                "-, none, https://app.example.com/, false",
                "-, '', https://app.example.com/, false",
                "-, Same-Origin, https://app.example.com/, false",
                "-, 'same-origin, same-origin', https://app.example.com/, false",
                "-, same-site, https://app.example.com/, true",
                "-, same-site, https://evil.com/, false",
                "-, same-site, -, false",
                "-, -, https://app.example.com/page, true",
                "-, -, https://evil.com/, false",
            })
    void firstHeaderPresentDecides(
            @Nullable String origin, @Nullable String fetchSite, @Nullable String referer, boolean expected) {
        FirstParty firstParty = FirstParty.of(List.of("app.example.com", "api.example.com"));

        assertThat(firstParty.admits(origin, fetchSite, referer, OWN)).isEqualTo(expected);
    }

    @Test
    void sameOriginCountsOnlyIfThisHostIsListed() {
        FirstParty elsewhere = FirstParty.of(List.of("app.example.com"));

        assertThat(elsewhere.admits(null, "same-origin", "https://app.example.com/", OWN))
                .isFalse();
        assertThat(elsewhere.admits(null, "same-origin", null, "https://app.example.com"))
                .isTrue();
        assertThat(elsewhere.admits(null, "same-origin", null, "not a site")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com, https://api.example.com, true",
        "https://api.example.com, https://api.example.com:443, true",
        "https://api.example.com, https://api.example.com:8443, false",
        "https://api.example.com, http://api.example.com, false",
        "https://api.example.com, https://app.example.com, false",
        "http://10.0.0.7:8080, http://10.0.0.7:8080, true",
        "http://10.0.0.7:8080, http://10.0.0.7, false",
        "not a site, https://api.example.com, false",
    })
    void selfIsTheHostTheRequestWasSentTo(String own, String origin, boolean expected) {
        FirstParty self = FirstParty.of(List.of(" self "));

        assertThat(self.admits(origin, null, null, own)).isEqualTo(expected);
        assertThat(self.admits(null, null, origin + "/page", own)).isEqualTo(expected);
        assertThat(self.admits(null, "same-origin", null, own)).isEqualTo(!own.contains(" "));
    }

    @Test
    void selfIsNotForCors() {
        assertThat(FirstParty.of(List.of("self")).listsOrigin(OWN)).isFalse();
        assertThat(FirstParty.of(List.of("app.example.com")).listsOrigin("https://app.example.com"))
                .isTrue();
        assertThat(FirstParty.of(List.of("app.example.com")).listsOrigin("https://app.example.com/"))
                .isFalse();
    }

    /** As some server-side renderers send it. */
    @ParameterizedTest
    @CsvSource({
        "app.example.com, app.example.com, true",
        "app.example.com, app.example.com/page, true",
        "app.example.com, app.example.com:443, true",
        "app.example.com, app.example.com:8443, false",
        "app.example.com:8443, app.example.com:8443, true",
        "app.example.com:8443, app.example.com, false",
        "app.example.com:*, app.example.com:8443, true",
        "app.example.com, app.example.com.evil.com, false",
        "app.example.com, evil.com/app.example.com, false",
        "app.example.com, user@app.example.com, false",
        "http://app.example.com, app.example.com, true",
        "http://app.example.com, app.example.com:80, true",
        "localhost:3000, localhost:3000, true",
        "localhost:3000, localhost, false",
        "self, api.example.com, true",
        "self, api.example.com:443, true",
        "self, api.example.com:8443, false",
    })
    void bareHostOfARefererMeansTheSchemeOfTheEntry(String entry, String referer, boolean expected) {
        assertThat(FirstParty.of(List.of(entry)).admits(null, null, referer, OWN))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, http://localhost, true",
        "localhost, https://localhost, true",
        "localhost:3000, http://localhost:3000, true",
        "localhost:3000, http://localhost:3001, false",
        "localhost:*, http://localhost:49152, true",
        "127.0.0.1:8000, http://127.0.0.1:8000, true",
        "app.localhost, http://app.localhost, true",
        "*.localhost:3000, http://a.localhost:3000, true",
        "https://localhost, http://localhost, false",
        "evil-localhost.com, http://evil-localhost.com, false",
        "localhost.evil.com, http://localhost.evil.com, false",
        "127.0.0.1.evil.com, http://127.0.0.1.evil.com, false",
        "localhost, http://evil-localhost, false",
        "10.0.0.7, http://10.0.0.7, false",
    })
    void plainHttpIsMeantOnlyForLoopbackNames(String entry, String origin, boolean expected) {
        assertThat(FirstParty.of(List.of(entry)).admits(origin, null, null, OWN))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m\u00fcnchen.example", "M\u00dcNCHEN.example", "xn--mnchen-3ya.example"})
    void internationalNameMayBeListedEitherWay(String entry) {
        FirstParty firstParty = FirstParty.of(List.of(entry));

        assertThat(firstParty.admits("https://xn--mnchen-3ya.example", null, null, OWN))
                .isTrue();
        assertThat(firstParty.admits("https://m\u00fcnchen.example", null, null, OWN))
                .isFalse();
    }

    @Test
    void headerLongerThanTheLimitIsNoSite() {
        FirstParty firstParty = FirstParty.of(List.of("app.example.com", "*.example.com"));
        String page = "https://app.example.com/";

        assertThat(firstParty.admits(null, null, page + "x".repeat(2_048 - page.length()), OWN))
                .isTrue();
        assertThat(firstParty.admits(null, null, page + "x".repeat(2_049 - page.length()), OWN))
                .isFalse();
        String host = "a.".repeat(1_014) + "a.example.com"; // with https:// 2,049 characters
        assertThat(firstParty.admits("https://" + host, null, null, OWN)).isFalse();
        assertThat(firstParty.admits("https://a" + host.substring(2), null, null, OWN))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*.",
                "*.*.com",
                "a*.example.com",
                "https://",
                "https://app.example.com/",
                "app.example.com/path",
                "app.example.com.",
                ".example.com",
                "user@app.example.com",
                "app.example.com:",
                "app.example.com:0",
                "app.example.com:99999",
                "app.example.com:http",
                "ftp://app.example.com",
                "::1",
                "[::1",
                "app example.com",
                "app.example.com,other.example.com"
            })
    void entryThatIsNoHostIsRefusedAtTheStart(String entry) {
        assertThatThrownBy(() -> FirstParty.of(List.of("app.example.com", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + entry + "' is not a host: write it like app.example.com, localhost:3000, "
                        + "https://app.example.com:8443, *.example.com or self, without a path");
    }
}
