package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** What our endpoints make of a body, whatever it is: read, or refused as what it is, and never taken for an empty one. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:bodies;DB_CLOSE_DELAY=-1",
            "server.tomcat.connection-timeout=2s", // for which it waits for the rest of a body before it hangs up
            "server.jetty.connection-idle-timeout=2s"
        })
class BodiesTest extends AppTest {

    private static final String JSON =
            "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"caf\u00e9\"}";
    private static final String FORM =
            "email=ada@example.test&password=" + App.PASSWORD.replace(' ', '+') + "&device_name=caf%C3%A9";

    static String parts(String... fields) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            body.append("--x\r\nContent-Disposition: form-data; ")
                    .append(fields[i])
                    .append("\r\n\r\n")
                    .append(fields[i + 1])
                    .append("\r\n");
        }
        return body + "--x--\r\n";
    }

    static final String PARTS = parts(
            "name=\"email\"",
            "ada@example.test",
            "name=\"password\"",
            App.PASSWORD,
            "name=\"device_name\"",
            "caf\u00e9");

    static Stream<Arguments> bodies() {
        String multipart = "multipart/form-data; boundary=x";
        return Stream.of(
                Arguments.of("application/json", JSON, "200"),
                Arguments.of("application/json; charset=utf-8", JSON, "200"),
                Arguments.of("application/json;charset=ISO-8859-1", JSON.replace("\u00e9", "\\u00e9"), "200"),
                Arguments.of("application/vnd.api+json", JSON, "200"),
                Arguments.of("application/x-www-form-urlencoded", FORM, "200"),
                Arguments.of("application/x-www-form-urlencoded; charset=UTF-8", FORM, "200"),
                Arguments.of(multipart, PARTS, "200"),
                Arguments.of("application/json; charset=nothing", JSON, "415"),
                Arguments.of("text/plain", JSON, "415"),
                Arguments.of("text/html", FORM, "415"),
                Arguments.of("application/octet-stream", JSON, "415"),
                Arguments.of("application/xml", "<email/>", "415"),
                Arguments.of("no type", JSON, "415"),
                Arguments.of(null, JSON, "415"),
                Arguments.of("application/json", "[]", "400"),
                Arguments.of("application/json", "[" + JSON + "]", "400"),
                Arguments.of("application/json", "\"text\"", "400"),
                Arguments.of("application/json", "{", "400"),
                Arguments.of("application/json", FORM, "400"),
                Arguments.of("application/json", "{\"email\":1,\"email\":2}", "400"),
                Arguments.of("application/json", "", "required"),
                Arguments.of("application/json", "null", "required"),
                Arguments.of("application/json", "{}", "required"),
                Arguments.of("application/x-www-form-urlencoded", "", "required"),
                Arguments.of(null, "", "required"),
                Arguments.of(multipart, parts("name=\"email\"; filename=\"a.txt\"", "ada@example.test"), "string"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyIsReadOrRefusedAsWhatItIs(String type, String body, String expected) {
        Http.Answer answer = http.send(
                "POST", "/sanctum/token", body, type == null ? new String[0] : new String[] {"Content-Type: " + type});

        assertThat(answer.status())
                .as(answer.body())
                .isEqualTo(expected.matches("\\d+") ? Integer.parseInt(expected) : 422);
        if (answer.status() == 200) {
            assertThat(tokens.list(ADA).get(0).name()).isEqualTo("caf\u00e9");
        } else if (answer.status() == 422) {
            assertThat(answer.json().get("codes").get("email").get(0).asString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void fieldsOfPartsBelongIntoTheBodyToo() {
        Http.Answer answer = http.send(
                "POST",
                "/sanctum/token?email=ada@example.test",
                PARTS,
                "Content-Type: multipart/form-data; boundary=x");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("code").asString()).isEqualTo("fields-in-url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void formOfAnotherMethodIsReadAsWell(String type) {
        NewToken token = issue(ADA, "*", "tokens:manage");
        String body = type.startsWith("m") ? parts("name=\"name\"", "renamed") : "name=renamed";

        Http.Answer answer =
                http.send("PATCH", "/api/tokens/" + token.token().id(), body, bearer(token), "Content-Type: " + type);

        assertThat(answer.status()).as(answer.body()).isIn(200, 415);
        assertThat(tokens.list(ADA)).extracting("name").isEqualTo(List.of(answer.status() == 200 ? "renamed" : "ci"));
    }

    static Stream<Arguments> tooMuch() {
        String json = "application/json";
        String form = "application/x-www-form-urlencoded";
        String fields =
                IntStream.range(0, 257).mapToObj(i -> "\"f" + i + "\":1").collect(Collectors.joining(","));
        return Stream.of(
                Arguments.of(json, "{\"email\":\"" + "x".repeat(64 * 1024) + "\"}", "413"),
                Arguments.of(form, "email=" + "x".repeat(64 * 1024), "413"),
                Arguments.of("multipart/form-data; boundary=x", parts("name=\"email\"", "x".repeat(64 * 1024)), "413"),
                Arguments.of(json, "{\"email\":" + "[".repeat(60_000), "email too-deep"),
                Arguments.of(json, "{\"email\":" + "{\"a\":".repeat(9), "email too-deep"),
                Arguments.of(json, "{\"email\":" + "[".repeat(7) + "]".repeat(7) + "}", "email string"),
                Arguments.of(json, "{" + fields + "}", "body too-long"),
                Arguments.of(form, fields.replace("\":", "=").replace(",", "&"), "body too-long"),
                Arguments.of(json, "{\"abilities\":[0" + ",1".repeat(256) + "]}", "abilities too-long"),
                Arguments.of(form, "abilities[]=a" + "&abilities[]=a".repeat(256), "abilities too-long"),
                Arguments.of(json, "{\"email\":\"" + "x".repeat(256) + "\"}", "email too-long"),
                Arguments.of(json, "{\"abilities\":[\"" + "x".repeat(256) + "\"]}", "abilities too-long"),
                Arguments.of(json, "{\"email\":1" + "0".repeat(2_000) + "}", "400"),
                Arguments.of(json, "{\"email\":1e999999999}", "email string"));
    }

    @ParameterizedTest
    @MethodSource
    void tooMuch(String type, String body, String expected) {
        Http.Answer answer = http.send("POST", "/sanctum/token", body, "Content-Type: " + type);

        if (expected.matches("\\d+")) {
            assertThat(answer.status()).isEqualTo(Integer.parseInt(expected));
        } else {
            assertThat(answer.status()).as(answer.body()).isEqualTo(422);
            String[] words = expected.split(" ", 2);
            assertThat(answer.json().get("codes").get(words[0]).get(0).asString())
                    .isEqualTo(words[1]);
        }
    }

    /** Neither the container nor a filter before ours waits for the rest of it. */
    @ParameterizedTest
    @CsvSource({
        "POST, /sanctum/token, application/json",
        "POST, /sanctum/token, application/x-www-form-urlencoded",
        "POST, /sanctum/token, multipart/form-data; boundary=x",
        "POST, /login, application/x-www-form-urlencoded",
        "POST, /login, multipart/form-data; boundary=x",
        "PATCH, /api/tokens/1, application/json",
        "PATCH, /api/tokens/1, application/x-www-form-urlencoded"
    })
    void bodyThatNeverEndsIsReadAsFarAsTheLimit(String method, String path, String type) {
        NewToken token = issue(ADA, "*", "tokens:manage");
        String body = type.startsWith("m") ? parts("name=\"email\"", "x".repeat(66_000)) : "x".repeat(66_000);
        List<String> headers = new ArrayList<>(List.of("Content-Type: " + type));
        if (path.equals("/login")) {
            http.page("GET", "/sanctum/csrf-cookie", "");
            headers.addAll(List.of(
                    http.origin(),
                    "Cookie: "
                            + http.cookies.entrySet().stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining("; ")),
                    "X-XSRF-TOKEN: " + http.cookies.get("XSRF-TOKEN")));
        } else if (method.equals("PATCH")) {
            headers.add(bearer(token));
            path = "/api/tokens/" + token.token().id();
        }

        Http.Answer answer = http.chunked(method, path, body, false, headers.toArray(String[]::new));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).contains("64 KiB");
    }

    @Test
    void formInChunksIsReadLikeAnyOther() {
        String form = "Content-Type: application/x-www-form-urlencoded";

        assertThat(http.chunked("POST", "/sanctum/token?lang=en", FORM + "&&", true, form)
                        .status())
                .isEqualTo(200);
        assertThat(tokens.list(ADA)).extracting("name").containsExactly("caf\u00e9");
        assertThat(http.chunked("POST", "/sanctum/token", FORM + "&email=x", true, form)
                        .status())
                .isEqualTo(422);
        assertThat(http.chunked("POST", "/sanctum/token?email=x", FORM, true, form)
                        .json()
                        .get("code")
                        .asString())
                .isEqualTo("fields-in-url");
        assertThat(http.chunked("POST", "/sanctum/token", FORM + "%", true, form)
                        .status())
                .isEqualTo(400);
        assertThat(http.chunked("POST", "/sanctum/token", PARTS, true, "Content-Type: multipart/form-data; boundary=x")
                        .status())
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=y",
                "multipart/form-data; boundary=x; charset=UTF-7"
            })
    void partsThatAreNoneAreRefusedAndNotLogged(String type, CapturedOutput output) {
        List<String> bodies = List.of(
                PARTS,
                PARTS.substring(0, 100),
                "",
                "--x\r\n" + "a: b\r\n".repeat(5_000) + "\r\n--x--",
                parts(Stream.generate(() -> List.of("name=\"a\"", "b"))
                        .limit(300)
                        .flatMap(List::stream)
                        .toArray(String[]::new)));
        for (String body : bodies) {
            Http.Answer answer = http.send("POST", "/sanctum/token", body, "Content-Type: " + type);
            assertThat(answer.status()).as(answer.body()).isIn(400, 413, 415, 422);
        }
        assertThat(output).doesNotContain("ERROR");
    }

    /** A container may give up before anybody asks what it is. */
    @Test
    void partsOfAnotherKindAreNoForm() {
        assertThat(http.send("POST", "/sanctum/token", PARTS, "Content-Type: multipart/mixed; boundary=x")
                        .status())
                .isIn(400, 415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%01", "a%0Ab", "%C2%80", "%ED%A0%80", "%"})
    void nameOfAFieldThatIsNoneIsRefusedAndNotLogged(String name, CapturedOutput output) {
        String form = "Content-Type: application/x-www-form-urlencoded";
        String body = FORM + "&" + name + "=1";

        assertThat(http.send("POST", "/sanctum/token", body, form).status()).isIn(400, 422);
        assertThat(http.chunked("POST", "/sanctum/token", body, true, form).status())
                .isIn(400, 422);
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @CsvSource({"application/json, gzip", "application/x-www-form-urlencoded, gzip", "application/json, deflate"})
    void whatIsPackedIsNotUnpacked(String type, String encoding) {
        Http.Answer answer = http.send(
                "POST",
                "/sanctum/token",
                "\u001f\u008b\b" + "\u0001".repeat(1_000),
                "Content-Type: " + type,
                "Content-Encoding: " + encoding);

        assertThat(answer.status()).as(answer.body()).isIn(400, 415, 422);
    }

    /** Names are kept as they are sent, or refused: none is changed. */
    @ParameterizedTest
    @CsvSource({
        "\\u0000, control-characters",
        "a\\ud83d, control-characters",
        "\\udcf1b, control-characters",
        "a\\u202eb, control-characters",
        "a\\u0007b, control-characters",
        "\\u2066a, control-characters",
        "\\u00ad, control-characters",
        "\\udb40\\udc41\\udb40\\udc7f, control-characters",
        "\\ufe0f\\ufe0e, required",
        "\\udb40\\udd00, required",
        "\\u3164, required",
        "\\u2800\\u2800, required",
        "\\u200d, required"
    })
    void deviceNameIsOneThatCanBeSeen(String name, String code) {
        Http.Answer answer = http.post(
                "/sanctum/token",
                "{\"email\":\"ada@example.test\",\"password\":\"" + App.PASSWORD + "\",\"device_name\":\"" + name
                        + "\"}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.json().get("codes").get("device_name").get(0).asString())
                .isEqualTo(code);
    }

    /** No reader puts a sign of its own where it could not read. */
    @Test
    void textThatIsNoneInItsCharsetIsRefused() {
        String latin = "{\"email\":\"\u00e9\"}"; // sent in UTF-8, which is no ASCII

        assertThat(http.send("POST", "/sanctum/token", latin, "Content-Type: application/json;charset=US-ASCII")
                        .status())
                .isEqualTo(400);
        for (String bytes : List.of("%FF", "%ED%A0%80", "%C0%80", "%00")) {
            String form = FORM.replace("caf%C3%A9", "a" + bytes);
            assertThat(http.send("POST", "/sanctum/token", form, "Content-Type: application/x-www-form-urlencoded")
                            .status())
                    .as(bytes)
                    .isIn(400, 422);
        }
    }
}
