package dev.sanctum4j.benchmarks.cluster;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;

/**
 * What a page that is signed in sends along.
 *
 * @param cookies all of them
 * @param xsrf what goes back in the header
 */
record Session(String cookies, String xsrf) {

    /** Signs in as a page does. */
    static Session signIn(Node node, String email, String password) throws IOException, InterruptedException {
        Session anonymous = of(node.page("GET", "/sanctum/csrf-cookie", "", "", ""));
        HttpResponse<String> login = node.page(
                "POST", "/login", anonymous.cookies, anonymous.xsrf, "email=" + email + "&password=" + password);
        if (login.statusCode() != 204) {
            throw new IllegalStateException("the sign-in is answered with " + login.statusCode());
        }
        return of(login);
    }

    private static Session of(HttpResponse<String> answer) {
        String cookies = answer.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .collect(Collectors.joining("; "));
        String xsrf = answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("XSRF-TOKEN="))
                .map(cookie -> cookie.substring("XSRF-TOKEN=".length(), cookie.indexOf(';')))
                .findFirst()
                .orElse("");
        return new Session(cookies, xsrf);
    }
}
