package dev.sanctum4j.spring.approval;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Where our routes and the page are, as programs elsewhere call them: on the host that they asked. */
final class Addresses {

    static final String AUTHORIZATION = "/sanctum/device_authorization";
    static final String TOKEN = "/sanctum/device_token";

    private final String page;

    Addresses(String page) {
        this.page = page;
    }

    String page(HttpServletRequest request) {
        return page.startsWith("/") ? of(request, page) : page;
    }

    String authorization(HttpServletRequest request) {
        return of(request, AUTHORIZATION);
    }

    private static String of(HttpServletRequest request, String path) {
        return ServletUriComponentsBuilder.fromContextPath(request).toUriString() + path;
    }
}
