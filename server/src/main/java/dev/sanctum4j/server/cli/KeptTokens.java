package dev.sanctum4j.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens that somebody signed in with, one for each server: in the keyring of the platform, else in a file that only its owner can
 * read. There is a file in both cases, which says which server it is of; a token goes to no other.
 */
final class KeptTokens {

    private static final String END = ".json";
    private static final int MAX_FILE = 16_384;

    private final Path folder;
    private final Function<ServerUrl, Keyring> keyrings;

    /**
     * A token that is kept.
     *
     * @param token its text; empty if the keyring does not give it
     * @param place where it is, in words
     */
    record Kept(Optional<String> token, String place) {

        /** @throws RefusedException if the keyring does not give it */
        String required() {
            return token.orElseThrow(() -> new RefusedException(
                    "The token is kept " + place + ", which does not give it. Is it locked? Or sign in again."));
        }

        @Override
        public String toString() {
            return "Kept[" + place + "]";
        }
    }

    KeptTokens(Path folder, Function<ServerUrl, Keyring> keyrings) {
        this.folder = folder;
        this.keyrings = keyrings;
    }

    /** Those of whoever runs this. */
    static KeptTokens of(Map<String, String> environment) {
        return new KeptTokens(folder(environment), Keyring::of);
    }

    /** Where files of this program are, as the XDG Base Directory Specification has it; on Windows where its programs have theirs. */
    static Path folder(Map<String, String> environment) {
        String windows = environment.getOrDefault("APPDATA", "");
        String given = environment.getOrDefault("XDG_CONFIG_HOME", windows);
        Path config = Path.of(given);
        return (config.isAbsolute() ? config : Path.of(System.getProperty("user.home"), ".config"))
                .resolve("sanctum4j");
    }

    /**
     * Keeps a token in place of the one that there may be.
     *
     * @return where it is now, in words
     * @throws RefusedException if it can be kept nowhere
     */
    String keep(ServerUrl server, String token) {
        try {
            makeFolder();
            Path file = file(server);
            check(file, false);
            boolean inKeyring = keyrings.apply(server).store(token);
            try {
                write(
                        file,
                        inKeyring
                                ? Terminal.object("server", server.toString(), "keyring", true)
                                : Terminal.object("server", server.toString(), "token", token));
            } catch (IOException e) {
                if (inKeyring) {
                    keyrings.apply(server).forget();
                }
                throw e;
            }
            return place(inKeyring, file);
        } catch (IOException e) {
            throw new RefusedException("The token cannot be kept in " + folder + " ("
                    + e.getClass().getSimpleName() + ").");
        }
    }

    /**
     * The token of a server.
     *
     * @throws RefusedException if there is one that others could have put there, or can read
     */
    Optional<Kept> find(ServerUrl server) {
        Path file = file(server);
        Optional<JsonNode> read = read(file);
        if (read.isEmpty() || !read.get().path("server").asString("").equals(server.toString())) {
            return Optional.empty();
        }
        boolean inKeyring = read.get().path("keyring").asBoolean(false);
        Optional<String> token = inKeyring
                ? keyrings.apply(server).find()
                : Optional.of(read.get().path("token").asString(""));
        return Optional.of(new Kept(token.filter(Given::isToken), place(inKeyring, file)));
    }

    /** Forgets the token of a server. Returns whether it was there and is not any more. */
    boolean forget(ServerUrl server) {
        Path file = file(server);
        Optional<JsonNode> read = read(file);
        boolean inKeyring = read.isPresent() && read.get().path("keyring").asBoolean(false);
        if (inKeyring && !keyrings.apply(server).forget()) {
            return false;
        }
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Servers that there are tokens of, in the order of their names. */
    List<String> servers() {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> servers = new ArrayList<>();
            files.filter(file -> file.toString().endsWith(END))
                    .sorted()
                    .forEach(file -> read(file)
                            .ifPresent(kept -> servers.add(kept.path("server").asString(""))));
            return servers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String place(boolean inKeyring, Path file) {
        return inKeyring ? "in the keyring" : "in " + file;
    }

    private Path file(ServerUrl server) {
        return folder.resolve(URLEncoder.encode(server.toString(), StandardCharsets.UTF_8) + END);
    }

    private void makeFolder() throws IOException {
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, mode(folder, "rwx------"));
        }
        check(folder, true);
    }

    /** Refuses what others could have put there, or can read. What is not there is fine. */
    private static void check(Path path, boolean isFolder) throws IOException {
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean right = isFolder
                ? Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                : Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        if (!right) {
            throw new RefusedException(path + " is no " + (isFolder ? "folder" : "file")
                    + " but a link, or something else. Take it away.");
        }
        if (isPosix(path)) {
            Set<PosixFilePermission> others = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            others.removeAll(PosixFilePermissions.fromString("rwx------"));
            if (!others.isEmpty()) {
                throw new RefusedException("Others may use " + path + ". Say 'chmod " + (isFolder ? "700 " : "600 ")
                        + path + "', and sign in again if somebody did.");
            }
        }
    }

    private static void write(Path file, Map<String, Object> content) throws IOException {
        Path made = file.resolveSibling(".new-" + UUID.randomUUID());
        try (FileChannel channel = FileChannel.open(
                made, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(file, "rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(JsonMapper.shared().writeValueAsBytes(content));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private static FileAttribute<?>[] mode(Path path, String mode) {
        return isPosix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private Optional<JsonNode> read(Path file) {
        try {
            check(folder, true);
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            check(file, false);
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                bytes = in.readNBytes(MAX_FILE);
            }
            return Optional.of(JsonMapper.shared().readTree(bytes));
        } catch (IOException | JacksonException e) {
            throw new RefusedException(file + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }
}
