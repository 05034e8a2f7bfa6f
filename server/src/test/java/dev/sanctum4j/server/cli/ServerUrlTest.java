package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://tokens.example.com, https://tokens.example.com",
        "HTTPS://Tokens.Example.COM:443/, https://tokens.example.com",
        "https://tokens.example.com:8443, https://tokens.example.com:8443",
        "https://tokens.example.com/App//, https://tokens.example.com/App",
        "http://LOCALHOST:80, http://localhost",
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "http://[::1]:8080, http://[::1]:8080",
    })
    void oneServerIsWrittenInOneWay(String typed, String written) {
        assertThat(ServerUrl.parse(typed, false)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokens.example.com",
                "//tokens.example.com",
                "https://",
                "https:///path",
                "https://tokens.example.com.",
                "https://ada@tokens.example.com",
                "https://tokens.example.com@evil.example",
                "https://tokens.example.com/?a=b",
                "https://tokens.example.com/#a",
                "https://tokens.example.com/a/../b",
                "https://tokens.example.com:0",
                "https://tökens.example.com",
                "https://tokens.example.com\\@evil.example",
                "http://tokens.example.com",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "http://localhost@evil.example",
                "ftp://localhost",
                "file:///etc/passwd"
            })
    void whatCanBeReadInTwoWaysIsNone(String typed) {
        assertThatThrownBy(() -> ServerUrl.parse(typed, false))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void anotherMachineIsSpokenToInClearOnlyWhenAskedFor() {
        assertThat(ServerUrl.parse("http://tokens.example.com", true)).hasToString("http://tokens.example.com");
        assertThatThrownBy(() -> ServerUrl.parse("ftp://tokens.example.com", true))
                .hasMessage("A token is sent over https only, and over http to this machine.");
        assertThat(ServerUrl.parse("http://tokens.example.com", true))
                .isNotEqualTo(ServerUrl.parse("https://tokens.example.com", true));
    }

    @Test
    void pageIsAPageAndStartsNothingElse() {
        ServerUrl server = ServerUrl.parse("https://tokens.example.com", false);

        assertThat(server.mayName("https://app.example.com/connect?a=b")).isTrue();
        assertThat(server.mayName("http://localhost:5173/connect")).isTrue();
        assertThat(server.mayName("http://app.example.com/connect")).isFalse();
        assertThat(server.mayName("https://ada@app.example.com/connect")).isFalse();
        assertThat(server.mayName("file:///etc/passwd")).isFalse();
        assertThat(server.mayName("javascript:alert(1)")).isFalse();
        assertThat(server.mayName("-h")).isFalse();
        assertThat(server.mayName("")).isFalse();
        assertThat(server.mayName("https://app.example.com/\u202e")).isFalse();
        assertThat(server.mayName("https://app.example.com/" + "a".repeat(400))).isFalse();
        assertThat(ServerUrl.parse("http://tokens.example.com", true).mayName("http://app.example.com/connect"))
                .isTrue();
    }
}
