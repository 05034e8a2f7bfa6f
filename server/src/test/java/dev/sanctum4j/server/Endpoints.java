package dev.sanctum4j.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Who gets what through which endpoint, in one table that is asked through all of them ({@link EndpointsTest}).
 *
 * <p>A new route fails the build until it has a line in {@link #ALL}, named like its mapping: {@code GET /api/user}. Most
 * are one {@link #route}. An endpoint with manners of its own (another port, a process, a question about somebody else's token)
 * is an {@link Endpoint} with a {@link Way} that puts the question and translates the answer into {@link Answer}; one that only
 * takes the text of a token asks just the credentials of {@link Endpoint#takesTokens}. What does not ask who somebody is stands
 * in {@link #OPEN}, with its reason.
 */
final class Endpoints {

    /** How somebody is let in. */
    enum Needs {
        /** Any good token, any session. */
        SIGNED_IN,
        /** The ability {@value #ABILITY}; a session has it. */
        ABILITY,
        /** {@code tokens:manage} by name; a session has it. */
        MANAGE,
        /** A session. */
        SESSION,
        /** The role of an administrator, which only a session or {@code *} carries, beside any ability. */
        ADMIN,
        /** The owner's role of an administrator, and the ability {@value #ABILITY}; a session has it. */
        ADMIN_API
    }

    enum Answer {
        /** Let in. */
        YES,
        /** Who are you? */
        WHO,
        /** Known, and not let in. */
        NO
    }

    /** What somebody comes with. The owner is an administrator, except where another is named. */
    enum Credential {
        NOTHING,
        NO_TOKEN,
        UNKNOWN_TOKEN,
        TWO_TOKENS,
        EXPIRED,
        REVOKED,
        OWNER_DISABLED,
        ISSUER_REVOKED,
        /** A bait: a row with every ability that nothing is wrong with, but that it is nobody's. */
        CANARY,
        WITHOUT_ABILITY,
        WITH_ABILITY,
        /** Issued by another token, for the ability. */
        CHILD,
        WITH_MANAGE,
        WITH_STAR,
        STAR_OF_A_USER,
        BAD_TOKEN_AND_SESSION,
        SESSION,
        SESSION_WITHOUT_CSRF,
        SESSION_FROM_ELSEWHERE;

        /** Whether it is the text of one token and nothing else. */
        boolean isToken() {
            return switch (this) {
                case NOTHING,
                        NO_TOKEN,
                        TWO_TOKENS,
                        BAD_TOKEN_AND_SESSION,
                        SESSION,
                        SESSION_WITHOUT_CSRF,
                        SESSION_FROM_ELSEWHERE -> false;
                default -> true;
            };
        }
    }

    static final String ABILITY = "orders:read";

    /** {@code safe} is yes for methods that change nothing, and no for the others. */
    private static final String TABLE = """
            credential             | SIGNED_IN | ABILITY | MANAGE | SESSION | ADMIN | ADMIN_API
            NOTHING                | who       | who     | who    | who     | who   | who
            NO_TOKEN               | who       | who     | who    | who     | who   | who
            UNKNOWN_TOKEN          | who       | who     | who    | who     | who   | who
            TWO_TOKENS             | who       | who     | who    | who     | who   | who
            EXPIRED                | who       | who     | who    | who     | who   | who
            REVOKED                | who       | who     | who    | who     | who   | who
            OWNER_DISABLED         | who       | who     | who    | who     | who   | who
            ISSUER_REVOKED         | who       | who     | who    | who     | who   | who
            CANARY                 | who       | who     | who    | who     | who   | who
            WITHOUT_ABILITY        | yes       | no      | no     | no      | no    | no
            WITH_ABILITY           | yes       | yes     | no     | no      | no    | yes
            CHILD                  | yes       | yes     | no     | no      | no    | yes
            WITH_MANAGE            | yes       | no      | yes    | no      | no    | no
            WITH_STAR              | yes       | yes     | no     | no      | yes   | yes
            STAR_OF_A_USER         | yes       | yes     | no     | no      | no    | no
            BAD_TOKEN_AND_SESSION  | who       | who     | who    | who     | who   | who
            SESSION                | yes       | yes     | yes    | yes     | yes   | yes
            SESSION_WITHOUT_CSRF   | safe      | safe    | safe   | safe    | safe  | safe
            SESSION_FROM_ELSEWHERE | who       | who     | who    | who     | who   | who
            """;

    /** Puts a question at an endpoint. */
    @FunctionalInterface
    interface Way {
        Answer ask(Visit visit) throws Exception;
    }

    /**
     * An endpoint.
     *
     * @param name its mapping; what follows a {@code #} tells apart several questions at one endpoint
     * @param safe whether the question changes nothing
     * @param takesTokens whether it takes only the text of a token
     */
    record Endpoint(String name, Needs needs, boolean safe, boolean takesTokens, Way way) {

        String mapping() {
            return name.split("#", 2)[0].strip();
        }

        Answer expects(Credential credential) {
            String cell = String.valueOf(CELLS.get(credential).get(needs));
            return cell.equals("safe")
                    ? (safe ? Answer.YES : Answer.NO)
                    : Answer.valueOf(cell.toUpperCase(Locale.ROOT));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Every way in. */
    static final List<Endpoint> ALL = List.of(
            route("GET /api/user", Needs.SIGNED_IN),
            route("GET /api/admin/people", Needs.ADMIN_API, "admin:people"),
            route("POST /api/admin/people", Needs.ADMIN_API, "admin:people"),
            route("GET /api/admin/people/{id}", Needs.ADMIN_API, "admin:people"),
            route("PATCH /api/admin/people/{id}", Needs.ADMIN_API, "admin:people"),
            route("PUT /api/admin/people/{id}/password", Needs.ADMIN_API, "admin:people"),
            route("POST /api/admin/people/{id}/invitation", Needs.ADMIN_API, "admin:people"),
            route("DELETE /api/admin/people/{id}/identity", Needs.ADMIN_API, "admin:people"),
            route("GET /api/admin/people/{id}/tokens", Needs.ADMIN_API, "admin:tokens"),
            route("DELETE /api/admin/people/{id}/tokens", Needs.ADMIN_API, "admin:tokens"),
            route("GET /api/admin/tokens/{id}", Needs.ADMIN_API, "admin:tokens"),
            route("DELETE /api/admin/tokens/{id}", Needs.ADMIN_API, "admin:tokens"),
            route("GET /api/admin/people/{id}/sessions", Needs.ADMIN_API, "admin:sessions"),
            route("DELETE /api/admin/people/{id}/sessions", Needs.ADMIN_API, "admin:sessions"),
            route("DELETE /api/admin/people/{id}/sessions/{shown}", Needs.ADMIN_API, "admin:sessions"),
            route("GET /api/admin/clients", Needs.ADMIN_API, "admin:clients"),
            route("POST /api/admin/clients", Needs.ADMIN_API, "admin:clients"),
            route("POST /api/admin/clients/{id}/rotate", Needs.ADMIN_API, "admin:clients"),
            route("DELETE /api/admin/clients/{id}", Needs.ADMIN_API, "admin:clients"),
            route("GET /api/admin/audit", Needs.ADMIN_API, "admin:audit"),
            route("GET /api/doctor", Needs.ADMIN),
            route("GET /api/activity", Needs.SESSION),
            route("PUT /user/password", Needs.SESSION),
            route("POST /user/identity", Needs.SESSION),
            route("GET /api/abilities", Needs.SIGNED_IN),
            route("GET /api/tokens", Needs.MANAGE),
            route("POST /api/tokens", Needs.MANAGE),
            route("DELETE /api/tokens", Needs.MANAGE),
            route("GET /api/tokens/current", Needs.SIGNED_IN),
            route("DELETE /api/tokens/current", Needs.SIGNED_IN),
            route("GET /api/tokens/policy", Needs.SIGNED_IN),
            route("GET /api/tokens/{id}", Needs.MANAGE),
            route("PATCH /api/tokens/{id}", Needs.MANAGE),
            route("DELETE /api/tokens/{id}", Needs.MANAGE),
            route("POST /api/tokens/{id}/rotate", Needs.SESSION),
            route("POST /api/tokens/identify", Needs.SESSION),
            route("DELETE /api/tokens/{id}/issued", Needs.MANAGE),
            route("POST /api/approval", Needs.SESSION),
            route("POST /api/approval/allow", Needs.SESSION),
            route("POST /api/approval/deny", Needs.SESSION),
            route("GET /api/requests", Needs.SESSION),
            route("POST /api/requests", Needs.SESSION),
            route("DELETE /api/requests/{id}", Needs.SESSION),
            route("POST /api/requests/{id}/claim", Needs.SESSION),
            route("GET /api/requests/open", Needs.SESSION),
            route("POST /api/requests/{id}/allow", Needs.SESSION),
            route("POST /api/requests/{id}/deny", Needs.SESSION),
            route("GET /api/sessions", Needs.SESSION),
            route("DELETE /api/sessions", Needs.SESSION),
            route("DELETE /api/sessions/{shown}", Needs.SESSION),
            route("POST /broadcasting/auth", Needs.SIGNED_IN),
            route("POST /api/broadcasting/auth", Needs.SIGNED_IN),
            verify("* /verify # GET", "/verify", "GET", Needs.SIGNED_IN),
            verify("* /verify # DELETE", "/verify", "DELETE", Needs.SIGNED_IN),
            verify("* /verify/** # GET", "/verify/" + ABILITY, "GET", Needs.ABILITY),
            verify("* /verify/** # POST", "/verify/" + ABILITY, "POST", Needs.ABILITY),
            new Endpoint("POST /oauth2/introspect", Needs.ABILITY, true, true, Endpoints::introspect));

    /** Mappings that ask nobody who they are, by the reason why that is right. */
    static final Map<String, List<String>> OPEN = Map.of(
            "comes before signing in, or is it",
            List.of("GET /sanctum/csrf-cookie", "POST /login", "POST /login/invitation", "POST /sanctum/token"),
            "is of no use to strangers",
            List.of("POST /logout"),
            "asks for a session itself, and has its tests in the starter",
            List.of("POST /user/confirm-password", "GET /sanctum/confirm/{registration}"),
            "is the same page for everybody, and asks the API for what it shows",
            List.of(
                    "GET /",
                    "GET /login",
                    "GET /settings",
                    "GET /settings/tokens",
                    "GET /settings/tokens/new",
                    "GET /settings/sessions",
                    "GET /settings/password",
                    "GET /settings/activity",
                    "GET /settings/people",
                    "GET /settings/requests",
                    "GET /diagnosis",
                    "GET /doctor",
                    "GET /connect"),
            "is asked by programs that have no token yet, and gives one only for a code of its own",
            List.of("POST /sanctum/device_authorization", "POST /sanctum/device_token"),
            "tells where to ask",
            List.of("GET /.well-known/oauth-protected-resource", "GET /.well-known/oauth-authorization-server"),
            "asks clients for credentials of their own; OAuthTest",
            List.of("POST /oauth2/revoke"),
            "is what the container refuses",
            List.of("* /error"));

    private static final Map<Credential, Map<Needs, String>> CELLS = cells();

    private Endpoints() {}

    private static Map<Credential, Map<Needs, String>> cells() {
        Map<Credential, Map<Needs, String>> cells = new EnumMap<>(Credential.class);
        List<List<String>> lines = TABLE.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .toList();
        for (List<String> line : lines.subList(1, lines.size())) {
            Map<Needs, String> cell = new EnumMap<>(Needs.class);
            for (int i = 1; i < line.size(); i++) {
                cell.put(Needs.valueOf(lines.get(0).get(i)), line.get(i));
            }
            cells.put(Credential.valueOf(line.get(0)), cell);
        }
        return cells;
    }

    /** A route of the API. */
    static Endpoint route(String mapping, Needs needs) {
        return route(mapping, needs, ABILITY);
    }

    /** A route of the API that asks for another ability. */
    static Endpoint route(String mapping, Needs needs, String ability) {
        String[] words = mapping.split(" ", 2);
        String path = words[1].replaceAll("\\{[^}]*}", "999999999");
        return new Endpoint(mapping, needs, words[0].equals("GET"), false, visit -> {
            HttpResponse<String> answer = visit.send(words[0], path, ability);
            boolean credentials =
                    answer.headers().firstValue("WWW-Authenticate").isPresent();
            return switch (answer.statusCode()) {
                case 401 -> Answer.WHO;
                case 400 -> credentials ? Answer.WHO : Answer.YES; // two of them; or a body that means nothing
                case 403, 419 -> Answer.NO;
                case 200, 201, 204, 404, 422 -> Answer.YES; // what is asked for need not exist, or make sense
                default -> throw new AssertionError(answer.statusCode() + " " + answer.body());
            };
        });
    }

    /** A question of a gateway about a request. */
    private static Endpoint verify(String name, String path, String method, Needs needs) {
        return new Endpoint(name, needs, method.equals("GET"), false, visit -> {
            HttpResponse<String> answer =
                    visit.send("GET", path, ABILITY, "X-Original-Method", method, "X-Original-URI", "/orders");
            return switch (answer.statusCode()) {
                case 200 -> Answer.YES;
                case 401 -> Answer.WHO;
                case 403 -> Answer.NO;
                default -> throw new AssertionError(answer.statusCode() + " " + answer.body());
            };
        });
    }

    /** What a registered client is told about a token. */
    private static Answer introspect(Visit visit) throws Exception {
        HttpResponse<String> answer = Visit.HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + visit.port() + "/oauth2/introspect"))
                        .header("Authorization", visit.people().client())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("token=" + visit.token(ABILITY)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode json = Client.json(answer);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        List<String> scope = List.of(json.path("scope").asString("").split(" ", -1));
        return !json.get("active").asBoolean()
                ? Answer.WHO
                : scope.contains(ABILITY) || scope.contains("*") ? Answer.YES : Answer.NO;
    }

    /** Somebody who comes with a credential. */
    record Visit(Credential credential, int port, People people) {

        /** Makes what is needed, in the database. */
        interface People {
            /** A new token of this kind which has this ability and no other, where it has one. */
            String token(Credential kind, String ability);

            /** An administrator who is signed in. */
            Client session();

            /** The credentials of a registered client, as its {@code Authorization}. */
            String client();
        }

        /** The text of a new token. */
        String token(String ability) {
            return people.token(credential, ability);
        }

        /** Sends a request with the credential. */
        HttpResponse<String> send(String method, String path, String ability, String... headers) throws Exception {
            List<String> all = new ArrayList<>(List.of(headers));
            switch (credential) {
                case NOTHING -> {}
                case NO_TOKEN -> bearer(all, "");
                case TWO_TOKENS -> {
                    bearer(all, people.token(Credential.WITH_STAR, ability));
                    bearer(all, people.token(Credential.WITH_STAR, ability));
                }
                case BAD_TOKEN_AND_SESSION -> {
                    bearer(all, people.token(Credential.UNKNOWN_TOKEN, ability));
                    session(all, true, true);
                }
                case SESSION -> session(all, true, true);
                case SESSION_WITHOUT_CSRF -> session(all, true, false);
                case SESSION_FROM_ELSEWHERE -> session(all, false, true);
                default -> bearer(all, people.token(credential, ability));
            }
            String body = method.equals("GET") ? "" : "{}";
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
            for (int i = 0; i < all.size(); i += 2) {
                request.header(all.get(i), all.get(i + 1));
            }
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        private static void bearer(List<String> headers, String token) {
            headers.addAll(List.of("Authorization", "Bearer " + token));
        }

        private void session(List<String> headers, boolean ownPage, boolean csrf) {
            Client page = people.session();
            headers.addAll(List.of("Origin", ownPage ? page.base : "https://elsewhere.example"));
            headers.addAll(List.of(
                    "Cookie",
                    page.cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; "))));
            if (csrf) {
                headers.addAll(List.of("X-XSRF-TOKEN", page.cookies.get("XSRF-TOKEN")));
            }
        }

        private static final HttpClient HTTP =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }
}
