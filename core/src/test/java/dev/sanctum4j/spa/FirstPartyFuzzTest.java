package dev.sanctum4j.spa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.FuzzInputs;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any list of sites, on the first line, and any headers, on three more. */
class FirstPartyFuzzTest {

    private static final String OWN = "https://api.example.com";
    private static final FirstParty OURS = FirstParty.of(List.of("app.example.com", "*.example.org", "self"));

    public static void fuzzerTestOneInput(byte[] data) {
        String[] lines = new String(data, StandardCharsets.UTF_8).split("\n", -1);
        String origin = line(lines, 1);
        String fetchSite = line(lines, 2);
        String referer = line(lines, 3);
        try {
            FirstParty any = FirstParty.of(List.of(lines[0].split(",", -1)));
            any.admits(origin, fetchSite, referer, OWN);
            any.admits(null, null, lines[0], lines[0]);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a host");
        }
        if (OURS.admits(origin, fetchSite, referer, OWN)) {
            if (origin != null) {
                assertOurs(origin, false);
            } else if (fetchSite == null || fetchSite.equals("same-site")) {
                assertOurs(referer, true);
            } else {
                assertThat(fetchSite).isEqualTo("same-origin");
            }
        }
    }

    /** An empty line is a header that was not sent. */
    private static @Nullable String line(String[] lines, int number) {
        return lines.length > number && !lines[number].isEmpty() ? lines[number] : null;
    }

    /** Held against what the JDK reads, up to where a path begins, which may be anything. */
    private static void assertOurs(@Nullable String admitted, boolean mayBeBare) {
        assertThat(admitted).isNotNull();
        String text = admitted.contains("://") || !mayBeBare ? admitted : "https://" + admitted;
        try {
            URI site = new URI(text.split("(?<=[^:/])[/?#]", 2)[0]);
            String host = String.valueOf(site.getRawAuthority())
                    .toLowerCase(Locale.ROOT)
                    .replaceFirst(":0*443$", "");
            assertThat(site.getScheme().toLowerCase(Locale.ROOT)).isEqualTo("https");
            assertThat(host).matches("(app|api)[.]example[.]com|([a-z0-9_-]+[.])+example[.]org");
            assertThat(site.getRawUserInfo()).isNull();
        } catch (URISyntaxException e) {
            throw new AssertionError(admitted, e);
        }
    }

    @Test
    void whatWasFoundIsRead() {
        FuzzInputs.replay(getClass(), FirstPartyFuzzTest::fuzzerTestOneInput);
    }
}
