package dev.sanctum4j.existing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Sends requests, and keeps cookies and what later requests want of earlier answers. */
final class Browser {

    private static final Pattern COOKIE = Pattern.compile("Set-Cookie: ([^=]+)=([^;]*)(.*)");
    private static final Pattern NAME = Pattern.compile("\\$\\{([a-z-]+)}");

    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final Map<String, String> kept;
    private final Varying varying = new Varying();

    /** With what all browsers of an application know and keep. */
    Browser(Map<String, String> kept) {
        this.kept = kept;
    }

    Answer send(int port, String prefix, Request request) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(request.method())
                .append(' ')
                .append(request.path().startsWith("/") ? prefix : "")
                .append(filled(request.path()))
                .append(" HTTP/1.1\r\nHost: localhost:")
                .append(port)
                .append("\r\nConnection: close\r\n");
        request.headers().forEach(header -> text.append(filled(header)).append("\r\n"));
        if (!cookies.isEmpty()) {
            text.append(cookies.entrySet().stream()
                    .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                    .collect(Collectors.joining("; ", "Cookie: ", "\r\n")));
        }
        String body = filled(request.body());
        if (!body.isEmpty()) {
            text.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        Answer answer = Answer.to(port, text + "\r\n" + body);
        answer.headers().forEach(this::keepCookie);
        request.kept().forEach((name, pattern) -> {
            Matcher found = pattern.matcher(String.join("\n", answer.headers()) + "\n\n" + answer.body());
            if (found.find()) {
                kept.put(name, found.group(1));
            }
        });
        return answer;
    }

    /** What varies in its own answers, named; the second session that it gets is {@code <2>}. */
    String named(String text) {
        return varying.named(text);
    }

    private void keepCookie(String header) {
        Matcher cookie = COOKIE.matcher(header);
        if (cookie.matches()) {
            if (cookie.group(3).contains("Max-Age=0") || cookie.group(2).isEmpty()) {
                cookies.remove(cookie.group(1));
            } else {
                cookies.put(cookie.group(1), cookie.group(2));
            }
        }
    }

    private String filled(String text) {
        return NAME.matcher(text)
                .replaceAll(name -> Matcher.quoteReplacement(kept.getOrDefault(name.group(1), name.group())));
    }
}
