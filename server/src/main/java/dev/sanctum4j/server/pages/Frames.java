package dev.sanctum4j.server.pages;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.DigestUtils;
import org.springframework.web.util.HtmlUtils;

/**
 * What a browser shows before the script of a page runs: name, navigation and the place of the content, in the language that it asks for.
 * The same for everybody. The script goes on with what is there ({@code page.js}), so what is written here is what it would write.
 *
 * <p>Thread-safe.
 */
@Component
class Frames {

    /** A frame, and what tells it from others. */
    record Frame(String html, String etag) {}

    /** What is said in one language. */
    private record Words(
            String language,
            List<String> pages,
            String account,
            String skip,
            String loading,
            String signIn,
            String unloaded,
            String noScript,
            String nothing,
            String nothingHint,
            String home) {}

    static final String HOME = "/settings/tokens";
    static final String LOGIN = "/login";

    /** What everybody sees of the navigation; more comes with the answer who somebody is. */
    private static final List<String> NAVIGATION =
            List.of(HOME, "/settings/sessions", "/settings/password", "/settings/activity");

    private static final Words ENGLISH = new Words(
            "en",
            List.of("Tokens", "Sessions", "Password", "Activity"),
            "Account",
            "Skip to content",
            "Loading…",
            "Sign in",
            "This page could not be loaded. Load it again.",
            "This page needs JavaScript.",
            "There is nothing here",
            "The address may have a typing error, or the page is gone.",
            "To your tokens");

    private static final Words GERMAN = new Words(
            "de",
            List.of("Token", "Sitzungen", "Passwort", "Aktivität"),
            "Konto",
            "Zum Inhalt",
            "Lädt …",
            "Anmelden",
            "Diese Seite konnte nicht geladen werden. Laden Sie sie neu.",
            "Diese Seite braucht JavaScript.",
            "Hier ist nichts",
            "Vielleicht ist die Adresse vertippt, oder die Seite gibt es nicht mehr.",
            "Zu Ihren Token");

    private static final String KEY = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">"
            + "<path d=\"M13.5 8.5a5 5 0 1 0-10 0 5 5 0 1 0 10 0M12 12l8.5 8.5M16.5 16.5L19 14\"></path></svg>";
    private static final String BONE = "<div class=\"bone\"><i></i><i></i></div>";

    @SuppressWarnings("InlineFormatString") // a page is read as a page
    private static final String PAGE = """
            <!doctype html>
            <html lang="%s">
              <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta name="theme-color" content="#fafafb" media="(prefers-color-scheme: light)">
                <meta name="theme-color" content="#101216" media="(prefers-color-scheme: dark)">
                <title>%s</title>
                %s
              </head>
              <body>
            %s  </body>
            </html>
            """;

    @SuppressWarnings("InlineFormatString")
    private static final String ACCOUNT = """
                <a class="skip" href="#content">%s</a>
                <header class="top">
                  %s
                  <div class="who"></div>
                  <nav aria-label="%s">%s</nav>
                </header>
                <main id="content" tabindex="-1">
                  <h1 class="hidden">%s</h1>
                  <div class="waiting">
                    <i class="line"></i><i class="line"></i>
                    <div class="bones" role="status" aria-label="%s">%s</div>
                    %s
                  </div>
                </main>
            """;

    @SuppressWarnings("InlineFormatString")
    private static final String DOOR = """
                <main class="door">
                  %s
                  <div class="waiting">
                    <div class="bones" role="status" aria-label="%s"><h1>%s</h1>%s</div>
                    %s
                  </div>
                </main>
            """;

    @SuppressWarnings("InlineFormatString")
    private static final String NOTHING = """
                <main class="door">
                  %s
                  <div class="bones">
                    <h1>%s</h1>
                    <p>%s</p>
                    <a href="%s">%s</a>
                  </div>
                </main>
            """;

    private final Assets assets;
    private final String name;
    private final String head;
    private final Map<String, Frame> frames = new HashMap<>();

    Frames(
            PageProperties settings,
            Assets assets,
            @Value("${sanctum.oidc.issuer:}") String issuer,
            @Value("${sanctum.oidc.name:single sign-on}") String provider,
            @Value("${sanctum.oidc.passwords:true}") boolean passwords) {
        this.assets = assets;
        name = HtmlUtils.htmlEscape(settings.name());
        String logo = assets.logo();
        List<String> lines = new ArrayList<>();
        lines.add("<meta name=\"application-name\" content=\"" + name + "\">");
        if (!issuer.isEmpty()) {
            lines.add("<meta name=\"sanctum-provider\" content=\"" + HtmlUtils.htmlEscape(provider)
                    + "\" data-passwords=\"" + passwords + "\">");
        }
        if (!settings.forgottenPassword().isEmpty()) {
            lines.add("<meta name=\"sanctum-forgotten-password\" content=\""
                    + HtmlUtils.htmlEscape(settings.forgottenPassword()) + "\">");
        }
        lines.add(
                logo == null
                        ? "<link rel=\"icon\" type=\"image/svg+xml\" href=\"" + assets.path("icon.svg") + "\">"
                        : "<link rel=\"icon\" href=\"" + HtmlUtils.htmlEscape(logo)
                                + "\" referrerpolicy=\"no-referrer\">");
        lines.add("<link rel=\"stylesheet\" href=\"" + assets.path("page.css") + "\">");
        head = String.join("\n    ", lines);
        for (Words words : List.of(ENGLISH, GERMAN)) {
            for (String path : NAVIGATION) {
                frames.put(words.language + path, account(words, path));
            }
            frames.put(words.language, account(words, ""));
            frames.put(words.language + LOGIN, page(words, words.signIn, script(), door(words)));
            frames.put(words.language + "!", page(words, words.nothing, "", nothing(words)));
        }
    }

    /** The frame of a page, in the first of these languages that we speak. */
    Frame of(String path, Enumeration<Locale> languages) {
        String language = words(languages).language;
        return Objects.requireNonNull(
                frames.getOrDefault(language + (path.startsWith(HOME) ? HOME : path), frames.get(language)));
    }

    /** A page that says that there is none. */
    String nothing(Enumeration<Locale> languages) {
        return Objects.requireNonNull(frames.get(words(languages).language + "!")).html;
    }

    /** The first that we speak, as in texts.js. */
    private static Words words(Enumeration<Locale> languages) {
        for (Locale language : Collections.list(languages)) {
            if (language.getLanguage().equals("de")) {
                return GERMAN;
            }
            if (language.getLanguage().equals("en")) {
                return ENGLISH;
            }
        }
        return ENGLISH;
    }

    private Frame account(Words words, String path) {
        StringBuilder links = new StringBuilder();
        for (int i = 0; i < NAVIGATION.size(); i++) {
            links.append("<a href=\"")
                    .append(NAVIGATION.get(i))
                    .append(NAVIGATION.get(i).equals(path) ? "\" aria-current=\"page\">" : "\">")
                    .append(words.pages.get(i))
                    .append("</a>");
        }
        int here = NAVIGATION.indexOf(path);
        String body = ACCOUNT.formatted(
                words.skip,
                brand("a", " href=\"" + HOME + "\""),
                words.account,
                links,
                words.account,
                words.loading,
                BONE.repeat(3),
                unloaded(words));
        return page(words, here < 0 ? null : words.pages.get(here), script(), body);
    }

    private String door(Words words) {
        return DOOR.formatted(brand("p", ""), words.loading, words.signIn, BONE.repeat(2), unloaded(words));
    }

    private String nothing(Words words) {
        return NOTHING.formatted(brand("p", ""), words.nothing, words.nothingHint, HOME, words.home);
    }

    private String brand(String tag, String attributes) {
        String logo = assets.logo();
        String picture = logo == null
                ? KEY
                : "<img src=\"" + HtmlUtils.htmlEscape(logo) + "\" alt=\"\" referrerpolicy=\"no-referrer\">";
        return "<" + tag + " class=\"brand\"" + attributes + ">" + picture + "<bdi>" + name + "</bdi></" + tag + ">";
    }

    private static String unloaded(Words words) {
        return "<p class=\"unloaded\">" + words.unloaded + "</p>\n        <noscript>" + words.noScript + "</noscript>";
    }

    private String script() {
        return "\n    <script type=\"module\" src=\"" + assets.path("page.js") + "\"></script>";
    }

    private Frame page(Words words, @Nullable String title, String script, String body) {
        String html = PAGE.formatted(words.language, title == null ? name : title + " · " + name, head + script, body);
        return new Frame(html, "W/\"" + DigestUtils.md5DigestAsHex(html.getBytes(StandardCharsets.UTF_8)) + "\"");
    }
}
