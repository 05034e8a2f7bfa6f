package dev.sanctum4j.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.NewToken;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** What our endpoints make of a body, whatever it is: read, or refused as what it is, and never taken for an empty one. */
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:bodies;DB_CLOSE_DELAY=-1")
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
                Arguments.of("multipart/mixed; boundary=x", PARTS, "415"),
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

    /** Names are kept as they are sent, or refused: none is changed. */
    @ParameterizedTest
    @CsvSource({
        "\\u0000, control-characters",
        "a\\ud83d, control-characters",
        "\\udcf1b, control-characters",
        "a\\u202eb, control-characters",
        "a\\u0007b, control-characters",
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
