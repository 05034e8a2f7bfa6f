package dev.sanctum4j.server.pages;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A colour for light pages and one for dark ones, each as near to the given one as people can read what stands on it: text on it has a
 * contrast of 4.5 or more (WCAG 2.2, 1.4.3), also while it is pointed at and then nearer to the text's own colour, and so has the colour itself on whatever our pages have
 * behind it.
 *
 * @param light on light pages, under white text
 * @param dark on dark pages, under dark text
 */
record Accent(String light, String dark) {

    /** What text on the colour is, here and in the elements (style.js). */
    static final String ON_LIGHT = "#ffffff";

    static final String ON_DARK = "#10142e";

    /** The darkest that light pages, and the lightest that dark ones have behind it. */
    static final String LIGHT_GROUND = "#f5f6f8";

    static final String DARK_GROUND = "#17191f";

    private static final double READABLE = 4.5;
    /** So that 4.5 is left of it where 12 parts of 100 are mixed into it of the colour of the text. */
    private static final double READABLE_WHEN_POINTED_AT = 6.2;

    private static final int STEPS = 200;
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

    static boolean isColour(String text) {
        return COLOUR.matcher(text).matches();
    }

    static Accent of(String colour) {
        return new Accent(
                toward(0x000000, colour, ON_LIGHT, LIGHT_GROUND), toward(0xffffff, colour, ON_DARK, DARK_GROUND));
    }

    /** What the pages' sheet ends with. */
    String css() {
        return "\n:root { --sanctum-accent: light-dark(" + light + ", " + dark + "); --sanctum-on-accent: light-dark("
                + ON_LIGHT + ", " + ON_DARK + "); --accent: var(--sanctum-accent); }\n";
    }

    private static String toward(int end, String colour, String text, String ground) {
        for (int step = 0; step < STEPS; step++) {
            String mixed = mixed(number(colour), end, step / (double) STEPS);
            if (contrast(mixed, text) >= READABLE_WHEN_POINTED_AT && contrast(mixed, ground) >= READABLE) {
                return mixed;
            }
        }
        return mixed(end, end, 1);
    }

    private static String mixed(int from, int to, double part) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double value = (1 - part) * (from >> shift & 0xff) + part * (to >> shift & 0xff);
            mixed = mixed << 8 | (int) Math.round(value);
        }
        return String.format(Locale.ROOT, "#%06x", mixed);
    }

    /** From 1 to 21. */
    static double contrast(String one, String other) {
        double a = luminance(number(one));
        double b = luminance(number(other));
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
    }

    private static double linear(int channel) {
        double value = (channel & 0xff) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static int number(String colour) {
        return Integer.parseInt(colour.substring(1), 16);
    }
}
