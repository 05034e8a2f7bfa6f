package dev.sanctum4j.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where tokens are kept, with keyrings of scripts. */
@DisabledOnOs(OS.WINDOWS)
class KeptTokensTest {

    private static final ServerUrl SERVER = ServerUrl.parse("https://tokens.example.com", false);

    /** Keeps one secret for each set of attributes, as {@code secret-tool} does, and writes down its arguments. */
    private static final String SECRET_TOOL = """
            #!/bin/sh
            cd "$(dirname "$0")" || exit 1
            echo "$*" >> arguments
            verb=$1; shift
            [ "$verb" = store ] && shift
            kept=ring-$(echo "$*" | tr ' /:' ___)
            case $verb in
              store) cat > "$kept" ;;
              lookup) [ -f "$kept" ] && cat "$kept" ;;
              clear) rm "$kept" ;;
            esac
            """;

    /** Reads commands with {@code -i}, as macOS's {@code security} does, and writes down its arguments. */
    private static final String SECURITY = """
            #!/bin/sh
            cd "$(dirname "$0")" || exit 1
            echo "$*" >> arguments
            case $1 in
              -i)
                read -r verb update s service a account w secret
                [ "$verb $update $s $service $a $w" = "add-generic-password -U -s sanctum4j -a -w" ] || exit 1
                echo "$secret" | tr -d '"' > ring ;;
              find-generic-password) [ "$2" = -w ] && cat ring ;;
              delete-generic-password) rm ring ;;
            esac
            """;

    @TempDir
    private Path home;

    private Path folder;
    private KeptTokens kept;

    @BeforeEach
    void withoutAKeyring() {
        folder = home.resolve(".config").resolve("sanctum4j");
        kept = new KeptTokens(folder, server -> Keyring.secretTool("/no/such/program", server));
    }

    private String program(String script) throws IOException {
        Path program = home.resolve("tool");
        Files.writeString(program, script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program.toString();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void fileIsForItsOwnerAlone() throws Exception {
        String place = kept.keep(SERVER, "pat_one");

        assertThat(files()).singleElement().satisfies(file -> {
            assertThat(mode(file)).isEqualTo("rw-------");
            assertThat(place).isEqualTo("in " + file);
        });
        assertThat(mode(folder)).isEqualTo("rwx------");
        assertThat(mode(folder.getParent())).isEqualTo("rwx------");
        assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_one");
        assertThat(kept.servers()).containsExactly("https://tokens.example.com");
        assertThat(kept.find(SERVER).orElseThrow().toString()).doesNotContain("pat_one");

        kept.keep(SERVER, "pat_two");
        assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_two");
        assertThat(files()).hasSize(1);

        assertThat(kept.forget(SERVER)).isTrue();
        assertThat(files()).isEmpty();
        assertThat(kept.find(SERVER)).isEmpty();
        assertThat(kept.forget(SERVER)).isFalse();
    }

    @Test
    void tokenGoesToNoOtherServer() throws Exception {
        kept.keep(SERVER, "pat_one");
        kept.keep(ServerUrl.parse("https://tokens.example.com/app", false), "pat_app");

        for (String other : List.of(
                "https://tokens.example.com:8443",
                "https://tokens.example.com/App",
                "https://example.com",
                "https://tokens.example.com.evil.example",
                "https://a.tokens.example.com",
                "http://tokens.example.com")) {
            assertThat(kept.find(ServerUrl.parse(other, true))).as(other).isEmpty();
        }
        for (String same : List.of("https://TOKENS.example.com", "https://tokens.example.com:443/")) {
            assertThat(kept.find(ServerUrl.parse(same, false)).orElseThrow().required())
                    .as(same)
                    .isEqualTo("pat_one");
        }
        Path moved = folder.resolve("https%3A%2F%2Fevil.example.json");
        Files.move(folder.resolve("https%3A%2F%2Ftokens.example.com.json"), moved);
        assertThat(kept.find(ServerUrl.parse("https://evil.example", false))).isEmpty();
    }

    @Test
    void whatOthersMayUseIsRefused() throws Exception {
        kept.keep(SERVER, "pat_one");
        Path file = files().get(0);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> kept.find(SERVER))
                .hasMessage("Others may use " + file + ". Say 'chmod 600 " + file + "', and sign in again if somebody"
                        + " did.");
        assertThatThrownBy(() -> kept.keep(SERVER, "pat_two")).hasMessageContaining("Others may use");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x---"));
        assertThatThrownBy(() -> kept.find(SERVER)).hasMessageContaining("chmod 700 " + folder);
        assertThatThrownBy(() -> kept.keep(SERVER, "pat_two")).hasMessageContaining("chmod 700 " + folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_one");
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        kept.keep(SERVER, "pat_one");
        Path file = files().get(0);
        Path elsewhere = Files.move(file, home.resolve("elsewhere"));
        Files.createSymbolicLink(file, elsewhere);

        assertThatThrownBy(() -> kept.find(SERVER)).hasMessageContaining(file + " is no file but a link");
        assertThatThrownBy(() -> kept.keep(SERVER, "pat_two")).hasMessageContaining(file + " is no file but a link");
        assertThat(Files.readString(elsewhere)).contains("pat_one");
        Files.delete(file);
        Path real = Files.move(folder, home.resolve("real"));
        Files.createSymbolicLink(folder, real);
        assertThatThrownBy(() -> kept.keep(SERVER, "pat_two"))
                .hasMessageContaining(folder + " is no folder but a link");
        Files.delete(folder);
        Files.createSymbolicLink(folder, home.resolve("nowhere"));
        assertThatThrownBy(() -> kept.keep(SERVER, "pat_two"))
                .hasMessageContaining(folder + " is no folder but a link");
        assertThat(home.resolve("nowhere")).doesNotExist();
    }

    @Test
    void keyringKeepsItWhereThereIsOne() throws Exception {
        String program = program(SECRET_TOOL);
        kept = new KeptTokens(folder, server -> Keyring.secretTool(program, server));

        assertThat(kept.keep(SERVER, "pat_one")).isEqualTo("in the keyring");

        assertThat(Files.readString(files().get(0))).doesNotContain("pat_one").contains("tokens.example.com");
        assertThat(mode(files().get(0))).isEqualTo("rw-------");
        assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_one");
        assertThat(kept.find(ServerUrl.parse("https://tokens.example.com:8443", false)))
                .isEmpty();
        assertThat(kept.forget(SERVER)).isTrue();
        assertThat(kept.find(SERVER)).isEmpty();
        assertThat(home.toFile().list((dir, name) -> name.startsWith("ring"))).isEmpty();
        assertThat(Files.readString(home.resolve("arguments")))
                .contains(
                        "store --label=Sanctum4j https://tokens.example.com service sanctum4j server"
                                + " https://tokens.example.com\n",
                        "lookup service sanctum4j server https://tokens.example.com\n",
                        "clear service sanctum4j server https://tokens.example.com\n")
                .doesNotContain("pat_one");
    }

    @Test
    void keychainOfMacGetsItOnStandardInput() throws Exception {
        String program = program(SECURITY);
        kept = new KeptTokens(folder, server -> Keyring.mac(program, server));

        assertThat(kept.keep(SERVER, "pat_one")).isEqualTo("in the keyring");

        assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_one");
        assertThat(kept.forget(SERVER)).isTrue();
        assertThat(home.resolve("ring")).doesNotExist();
        assertThat(Files.readString(home.resolve("arguments")))
                .contains(
                        "-i\n",
                        "find-generic-password -w -s sanctum4j -a https://tokens.example.com\n",
                        "delete-generic-password -s sanctum4j -a https://tokens.example.com\n")
                .doesNotContain("pat_one");
    }

    /** One that is there and does not work, as without a session of D-Bus. */
    @Test
    void keyringThatKeepsNothingIsNone() throws Exception {
        for (String script : List.of("#!/bin/sh\nexit 1\n", "#!/bin/sh\ncat >/dev/null\n")) {
            String program = program(script);
            kept = new KeptTokens(folder, server -> Keyring.secretTool(program, server));

            assertThat(kept.keep(SERVER, "pat_one")).startsWith("in /");
            assertThat(kept.find(SERVER).orElseThrow().required()).isEqualTo("pat_one");
        }
    }

    @Test
    void keyringThatIsLockedIsSaid() throws Exception {
        String program = program(SECRET_TOOL);
        kept = new KeptTokens(folder, server -> Keyring.secretTool(program, server));
        kept.keep(SERVER, "pat_one");
        program("#!/bin/sh\nexit 1\n");

        assertThatThrownBy(() -> kept.find(SERVER).orElseThrow().required())
                .hasMessage(
                        "The token is kept in the keyring, which does not give it. Is it locked? Or sign in again.");
    }

    @Test
    void folderIsWhereTheSpecificationHasIt() {
        assertThat(KeptTokens.folder(Map.of("XDG_CONFIG_HOME", "/some/where")))
                .isEqualTo(Path.of("/some/where/sanctum4j"));
        for (String none : List.of("", "relative/path")) {
            assertThat(KeptTokens.folder(Map.of("XDG_CONFIG_HOME", none)))
                    .isEqualTo(Path.of(System.getProperty("user.home"), ".config", "sanctum4j"));
        }
    }
}
