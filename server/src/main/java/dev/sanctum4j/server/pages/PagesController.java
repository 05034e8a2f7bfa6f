package dev.sanctum4j.server.pages;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** The account pages: one and the same empty frame, which asks the API for what it shows. */
@RestController
class PagesController {

    @SuppressWarnings("InlineFormatString") // a page is read as a page
    private static final String FRAME = """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta name="theme-color" content="#fafafb" media="(prefers-color-scheme: light)">
                <meta name="theme-color" content="#101216" media="(prefers-color-scheme: dark)">
                <title>Sanctum4j</title>
                %s<link rel="icon" type="image/svg+xml" href="%s">
                <link rel="stylesheet" href="%s">
                <script type="module" src="%s"></script>
              </head>
              <body>
                <main><p class="unloaded">This page could not be loaded. Load it again.</p></main>
                <noscript>This page needs JavaScript.</noscript>
              </body>
            </html>
            """;

    private final String html;

    PagesController(
            Assets assets,
            @Value("${sanctum.oidc.issuer:}") String issuer,
            @Value("${sanctum.oidc.name:single sign-on}") String name,
            @Value("${sanctum.oidc.passwords:true}") boolean passwords) {
        String provider = "<meta name=\"sanctum-provider\" content=\"" + HtmlUtils.htmlEscape(name)
                + "\" data-passwords=\"" + passwords + "\">\n    ";
        html = FRAME.formatted(
                issuer.isEmpty() ? "" : provider,
                assets.path("icon.svg"),
                assets.path("page.css"),
                assets.path("page.js"));
    }

    @GetMapping(
            path = {
                "/login",
                "/settings/tokens",
                "/settings/tokens/new",
                "/settings/sessions",
                "/settings/password",
                "/settings/activity",
                "/settings/people",
                "/settings/requests",
                "/doctor",
                "/connect"
            },
            produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> page() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .cacheControl(CacheControl.noCache())
                .body(html);
    }

    /** Where people land who type nothing but the server's name. */
    @GetMapping({"/", "/settings"})
    ResponseEntity<Void> home() {
        return ResponseEntity.status(HttpStatus.FOUND)
                .header("Location", "/settings/tokens")
                .build();
    }
}
