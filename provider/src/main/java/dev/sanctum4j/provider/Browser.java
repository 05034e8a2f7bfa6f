package dev.sanctum4j.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A browser without a screen: it follows redirects from an application to its {@link Provider} and back, keeps cookies, and fills in the
 * form of the provider. Unlike a browser it tells the ports of a host apart when it sends cookies.
 *
 * <p>Thread-safe, as far as what it keeps is; who uses one at two places at once is two people at one keyboard.
 */
public final class Browser {

    private static final Pattern HIDDEN =
            Pattern.compile("<input name=\"([^\"]*)\" type=\"hidden\" value=\"([^\"]*)\"");
    private static final int MOST_REDIRECTS = 20;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Map<String, String>> cookies = new ConcurrentHashMap<>();

    /** What a browser shows in the end: where it is, and what it was answered there. */
    public record Page(int status, URI address, Map<String, String> headers, String body) {

        /** The first value of a header, in any case; empty if it was not sent. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * Goes to an address, and wherever that leads.
     *
     * @param headers names and values by turns, sent to the first address only
     */
    public Page get(String address, String... headers) {
        return follow(send("GET", URI.create(address), "", "", headers));
    }

    /** Goes to an address, and stays there if it leads elsewhere. */
    public Page look(String address, String... headers) {
        return send("GET", URI.create(address), "", "", headers);
    }

    /** Goes to an address, and signs in with {@link Provider#SECRET} if a provider asks there. */
    public Page signIn(String address, String name, String... headers) {
        Page page = get(address, headers);
        return asks(page) ? submit(page, Map.of("username", name, "password", Provider.SECRET)) : page;
    }

    /** Whether a page is the form of a provider. */
    public static boolean asks(Page page) {
        return page.address().getPath().equals("/login") && page.body().contains("name=\"password\"");
    }

    /** Sends the form of a page, with what is hidden in it, to where the page is. */
    public Page submit(Page page, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>(typed);
        for (Matcher hidden = HIDDEN.matcher(page.body()); hidden.find(); ) {
            fields.put(hidden.group(1), hidden.group(2));
        }
        return follow(send("POST", page.address(), form(fields), "application/x-www-form-urlencoded"));
    }

    /** Calls as a script of a page of the same host does, with its CSRF token if there is one, and follows nothing. */
    public Page call(String method, String address, String json, String... headers) {
        URI where = URI.create(address);
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Origin", where.getScheme() + "://" + where.getAuthority()));
        all.addAll(List.of("X-XSRF-TOKEN", cookie(address, "XSRF-TOKEN").orElse("")));
        if (!all.contains("Accept")) {
            all.addAll(List.of("Accept", "application/json"));
        }
        return send(method, where, json, json.isEmpty() ? "" : "application/json", all.toArray(String[]::new));
    }

    /** A cookie as it would be sent to an address. */
    public Optional<String> cookie(String address, String name) {
        return Optional.ofNullable(jar(URI.create(address)).get(name));
    }

    /** Forgets the cookies of the host and port of an address. */
    public void forget(String address) {
        jar(URI.create(address)).clear();
    }

    private Map<String, String> jar(URI address) {
        return cookies.computeIfAbsent(address.getAuthority(), host -> new ConcurrentHashMap<>());
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private Page follow(Page page) {
        Page at = page;
        for (int i = 0; at.status() / 100 == 3 && at.header("location").isPresent(); i++) {
            if (i == MOST_REDIRECTS) {
                throw new IllegalStateException("redirects without an end, the last one to " + at.header("location"));
            }
            at = send("GET", at.address().resolve(at.header("location").get()), "", "");
        }
        return at;
    }

    private Page send(String method, URI address, String body, String type, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (Arrays.stream(headers).noneMatch("Accept"::equalsIgnoreCase)) {
            request.header("Accept", "text/html");
        }
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        Map<String, String> jar = jar(address);
        if (!jar.isEmpty()) {
            request.header(
                    "Cookie",
                    jar.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        HttpResponse<String> answer;
        try {
            answer = client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        answer.headers().allValues("set-cookie").forEach(line -> keep(jar, line));
        Map<String, String> told = new LinkedHashMap<>();
        answer.headers().map().forEach((name, values) -> told.put(name, values.get(0)));
        return new Page(answer.statusCode(), address, told, answer.body());
    }

    private static void keep(Map<String, String> jar, String line) {
        String[] pair = line.split(";", 2)[0].split("=", 2);
        if (pair[1].isEmpty() || line.contains("Max-Age=0")) {
            jar.remove(pair[0]);
        } else {
            jar.put(pair[0], pair[1]);
        }
    }
}
