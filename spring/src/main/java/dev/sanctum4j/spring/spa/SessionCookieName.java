package dev.sanctum4j.spring.spa;

import jakarta.servlet.http.HttpServletRequest;

/** What the session cookie is called. */
@FunctionalInterface
interface SessionCookieName {

    String on(HttpServletRequest request);

    /** Where the servlet container keeps the sessions. */
    static String ofContainer(HttpServletRequest request) {
        String name = request.getServletContext().getSessionCookieConfig().getName();
        return name == null ? "JSESSIONID" : name;
    }
}
