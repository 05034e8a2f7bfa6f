package dev.sanctum4j.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** People can read what stands on an operator's colour, whichever it is. */
class AccentTest {

    /** As style.js mixes it, for a button that is pointed at: {@code color-mix(in oklab, currentColor 12%, var(--accent))}. */
    private static final double POINTED_AT = 0.12;

    @Test
    void textOnEveryColourCanBeRead() {
        int[] steps = {0x00, 0x33, 0x66, 0x99, 0xcc, 0xff};
        for (int red : steps) {
            for (int green : steps) {
                for (int blue : steps) {
                    String given = String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
                    Accent accent = Accent.of(given);
                    readable(given, accent.light(), Accent.ON_LIGHT, Accent.LIGHT_GROUND);
                    readable(given, accent.dark(), Accent.ON_DARK, Accent.DARK_GROUND);
                }
            }
        }
    }

    private static void readable(String given, String colour, String text, String ground) {
        assertThat(Accent.contrast(colour, text)).as(given).isGreaterThanOrEqualTo(4.5);
        assertThat(Accent.contrast(colour, ground)).as(given).isGreaterThanOrEqualTo(4.5);
        assertThat(Accent.contrast(pointedAt(colour, text), text))
                .as(given + ", pointed at")
                .isGreaterThanOrEqualTo(4.5);
    }

    @Test
    void colourThatIsGoodAlreadyStays() {
        assertThat(Accent.of("#3d4ee0").light()).isEqualTo("#3d4ee0");
        assertThat(Accent.of("#8F9DFF").dark()).isEqualTo("#8f9dff");
        assertThat(Accent.of("#ffff00").light()).isNotEqualTo("#ffff00");
        assertThat(Accent.of("#000080").dark()).isNotEqualTo("#000080");
        assertThat(Accent.of("#3d4ee0").css())
                .contains("--sanctum-accent: light-dark(#3d4ee0, #")
                .contains("--sanctum-on-accent: light-dark(#ffffff, #10142e)");
    }

    @Test
    void contrastIsThatOfTheGuidelines() {
        assertThat(Accent.contrast("#000000", "#ffffff")).isEqualTo(21);
        assertThat(Accent.contrast("#767676", "#ffffff")).isBetween(4.54, 4.55);
        assertThat(Accent.contrast("#ffffff", "#ffffff")).isEqualTo(1);
    }

    private static String pointedAt(String colour, String text) {
        double[] a = oklab(colour);
        double[] b = oklab(text);
        double[] mixed = new double[3];
        for (int i = 0; i < 3; i++) {
            mixed[i] = (1 - POINTED_AT) * a[i] + POINTED_AT * b[i];
        }
        double l = cube(mixed[0] + 0.3963377774 * mixed[1] + 0.2158037573 * mixed[2]);
        double m = cube(mixed[0] - 0.1055613458 * mixed[1] - 0.0638541728 * mixed[2]);
        double s = cube(mixed[0] - 0.0894841775 * mixed[1] - 1.2914855480 * mixed[2]);
        return String.format(
                Locale.ROOT,
                "#%02x%02x%02x",
                channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    private static double[] oklab(String colour) {
        double r = linear(colour, 1);
        double g = linear(colour, 3);
        double b = linear(colour, 5);
        double l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return new double[] {
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
        };
    }

    private static double linear(String colour, int at) {
        double value = Integer.parseInt(colour.substring(at, at + 2), 16) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static int channel(double linear) {
        double value = Math.max(0, Math.min(1, linear));
        double encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * encoded);
    }

    private static double cube(double value) {
        return value * value * value;
    }
}
