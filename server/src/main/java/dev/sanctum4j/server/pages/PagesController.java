package dev.sanctum4j.server.pages;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The account pages: frames, which ask the API for what they show. */
@RestController
class PagesController {

    private final Frames frames;

    PagesController(Frames frames) {
        this.frames = frames;
    }

    @GetMapping(
            path = {
                Frames.LOGIN,
                Frames.HOME,
                "/settings/tokens/new",
                "/settings/sessions",
                "/settings/password",
                "/settings/activity",
                "/settings/people",
                "/settings/requests",
                "/diagnosis",
                "/connect"
            },
            produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> page(HttpServletRequest request) {
        Frames.Frame frame = frames.of(request.getServletPath(), Languages.of(request));
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .cacheControl(CacheControl.noCache())
                .eTag(frame.etag())
                .varyBy(HttpHeaders.ACCEPT_LANGUAGE)
                .body(frame.html());
    }

    /** Where people land who type nothing but the server's name. */
    @GetMapping({"/", "/settings"})
    ResponseEntity<Void> home() {
        return to(Frames.HOME);
    }

    /** What the page about refused requests was called before. */
    @GetMapping("/doctor")
    ResponseEntity<Void> diagnosis() {
        return to("/diagnosis");
    }

    private static ResponseEntity<Void> to(String path) {
        return ResponseEntity.status(HttpStatus.FOUND).header("Location", path).build();
    }
}
