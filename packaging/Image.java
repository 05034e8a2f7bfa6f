import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a container image of the server, without a daemon, a registry or root: a tar in the form of {@code docker save}, which
 * Docker and Podman load. In the form of OCI, Podman would lose the health check.
 *
 * <pre>java packaging/Image.java server/target/sanctum4j-server.jar server/target/image.tar VERSION TIMESTAMP</pre>
 *
 * <p>Its layers, from what seldom changes to what often does: the C library of the machine that builds it, a Java runtime made
 * by jlink, the libraries, the server. There is no shell and no package manager in it, and it runs as nobody.
 */
final class Image {

    private static final String MODULES =
            "java.se,jdk.charsets,jdk.crypto.ec,jdk.management,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs";
    private static final int NOBODY = 65532;
    /** Without it the runtime takes names and texts for ASCII. */
    private static final Path LOCALE = Stream.of("C.utf8", "C.UTF-8")
            .map(Path.of("/usr/lib/locale")::resolve)
            .filter(Files::isDirectory)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no locale C.UTF-8 below /usr/lib/locale"));
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    /** What needs a screen or a sound card. */
    private static final Pattern UNUSED = Pattern.compile("lib(awt_xawt|jawt|jsound|splashscreen)\\.so");

    private final long time;
    private final Tar image;
    private final List<String> layers = new ArrayList<>();

    private Image(long time) {
        this.time = time;
        this.image = new Tar(time);
    }

    /** The server's jar, the image to write, the version, and the time that everything in it gets. */
    public static void main(String... args) throws Exception {
        Path jar = Path.of(args[0]).toAbsolutePath();
        Path file = Path.of(args[1]).toAbsolutePath();
        Instant created = Instant.parse(args[3]);
        Path work = Path.of(file + ".work");
        delete(work);
        Files.createDirectories(work);
        try {
            new Image(created.getEpochSecond()).write(jar, file, args[2], created, work);
        } finally {
            delete(work);
        }
    }

    private void write(Path jar, Path file, String version, Instant created, Path work) throws Exception {
        Path runtime = work.resolve("runtime");
        jlink(runtime);
        Path app = work.resolve("app");
        run(java(), "-Duser.timezone=UTC", "-Djarmode=tools", "-jar", jar.toString(), "extract", "--layers", "--destination",
                app.toString()); // writes a jar, in which a time is that of some zone

        layer(system(runtime));
        layer(tree(new Tar(time), runtime, "opt/java"));
        for (String name : List.of("dependencies", "snapshot-dependencies", "application")) {
            Path folder = app.resolve(name);
            if (Files.isDirectory(folder)) {
                layer(tree(new Tar(time), folder, "app"));
            }
        }
        image.file("config.json", config(version, created).getBytes(StandardCharsets.UTF_8), 0644);
        image.file("manifest.json", """
                [{"Config":"config.json","RepoTags":["sanctum4j-server:%s"],"Layers":[%s]}]""".formatted(
                        version, quoted("", ".tar.gz")).getBytes(StandardCharsets.UTF_8), 0644);
        Files.write(file, image.finish());
        System.out.println("Wrote " + file + ": " + Files.size(file) / 1_000_000 + " MB, " + layers.size() + " layers");
    }

    /** Without one of jlink's plugins, whose classes are sometimes made before and sometimes after the others are stripped. */
    private static void jlink(Path runtime) {
        int status = ToolProvider.findFirst("jlink").orElseThrow().run(
                System.out, System.err, "--add-modules", MODULES, "--strip-debug", "--disable-plugin", "generate-jli-classes",
                "--no-header-files", "--no-man-pages", "--output", runtime.toString());
        if (status != 0) {
            throw new IllegalStateException("jlink failed with " + status);
        }
    }

    /** The C library and what else the runtime is linked with, its locale, two folders to write to, and who runs it. */
    private Tar system(Path runtime) throws Exception {
        Tar tar = new Tar(time);
        tar.folder("app", 0755, 0);
        tar.folder("data", 0700, NOBODY);
        tar.folder("etc", 0755, 0);
        tar.file("etc/group", ("nobody:x:" + NOBODY + ":\n").getBytes(StandardCharsets.UTF_8), 0644);
        tar.file("etc/nsswitch.conf", "hosts: files dns\n".getBytes(StandardCharsets.UTF_8), 0644);
        tar.file("etc/passwd", ("nobody:x:" + NOBODY + ":" + NOBODY + ":nobody:/data:/none\n")
                .getBytes(StandardCharsets.UTF_8), 0644);
        tar.folder("proc", 0555, 0);
        tar.folder("dev", 0755, 0);
        tar.folder("sys", 0555, 0);
        tar.folder("tmp", 01777, 0);
        Map<String, Path> libraries = new TreeMap<>();
        List<Path> programs;
        try (Stream<Path> files = Files.walk(runtime)) {
            programs = files.filter(file -> file.endsWith("bin/java") || file.toString().endsWith(".so"))
                    .filter(file -> !UNUSED.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
        for (Path program : programs) {
            for (String line : run("ldd", program.toString()).split("\n")) {
                Matcher found = LIBRARY.matcher(line);
                if (found.find() && !found.group(1).startsWith(runtime.toString())) {
                    Path library = Path.of(found.group(1));
                    libraries.put(library.toString().substring(1), library.toRealPath());
                    if (library.getFileName().toString().startsWith("libc.so")) { // loaded by name, to resolve hosts
                        Path resolver = library.resolveSibling("libresolv.so.2");
                        if (Files.exists(resolver)) {
                            libraries.put(resolver.toString().substring(1), resolver.toRealPath());
                        }
                    }
                }
            }
        }
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            tar.file(library.getKey(), Files.readAllBytes(library.getValue()), 0755);
        }
        return tree(tar, LOCALE, LOCALE.toString().substring(1));
    }

    /** A folder with everything in it, in the order of names; links become what they point to. */
    private static Tar tree(Tar tar, Path folder, String name) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.comparing(Path::toString)).toList();
        }
        for (Path file : all) {
            String path = file.equals(folder) ? name : name + "/" + folder.relativize(file);
            if (Files.isDirectory(file)) {
                tar.folder(path, 0755, 0);
            } else if (file.endsWith("lib/security/cacerts") || Files.exists(file)) {
                tar.file(path, Files.readAllBytes(file), Files.isExecutable(file) ? 0755 : 0644);
            }
        }
        return tar;
    }

    /** A layer goes by the hash of its content, which is also what the configuration calls it. */
    private void layer(Tar tar) throws IOException {
        byte[] bytes = tar.finish();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        layers.add(sha256(bytes));
        image.file(sha256(bytes) + ".tar.gz", packed.toByteArray(), 0644);
    }

    private String quoted(String before, String after) {
        return layers.stream().map(one -> '"' + before + one + after + '"').collect(Collectors.joining(","));
    }

    private String config(String version, Instant created) {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> System.getProperty("os.arch");
        };
        // An entry for each layer, or Podman builds nothing on it
        String history = String.join(",", Collections.nCopies(layers.size(), "{\"created_by\":\"packaging/Image.java\"}"));
        return """
                {"created":"%s","architecture":"%s","os":"linux","config":{"User":"%d:%d","WorkingDir":"/data",\
                "Env":["PATH=/opt/java/bin","JAVA_HOME=/opt/java","LANG=C.UTF-8","SANCTUM_DATA=/data/db"],\
                "Entrypoint":["/opt/java/bin/java","-XX:MaxRAMPercentage=75","-jar","/app/sanctum4j-server.jar"],\
                "ExposedPorts":{"8080/tcp":{}},"Volumes":{"/data":{}},"StopSignal":"SIGTERM",\
                "Labels":{"org.opencontainers.image.title":"sanctum4j-server","org.opencontainers.image.version":"%s",\
                "org.opencontainers.image.licenses":"Apache-2.0"},\
                "Healthcheck":{"Test":["CMD","/opt/java/bin/java","-XX:TieredStopAtLevel=1","-XX:+UseSerialGC","-cp",\
                "/app/sanctum4j-server.jar","dev.sanctum4j.server.HealthCheck"],\
                "Interval":30000000000,"Timeout":10000000000,"StartPeriod":60000000000,"Retries":3}},\
                "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}""".formatted(created, architecture, NOBODY, NOBODY, version,
                        quoted("sha256:", ""), history);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(Arrays.toString(command) + " failed: " + output);
        }
        return output;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    /** An archive in the form of POSIX (ustar), in memory. Everything in it has one time and, but for folders, one owner. */
    private static final class Tar {

        private static final int BLOCK = 512;

        private final long time;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final java.util.Set<String> folders = new java.util.HashSet<>();

        Tar(long time) {
            this.time = time;
        }

        void folder(String name, int mode, int owner) throws IOException {
            if (folders.add(name)) {
                parents(name);
                header(name + "/", mode, owner, 0, '5');
            }
        }

        void file(String name, byte[] bytes, int mode) throws IOException {
            parents(name);
            header(name, mode, 0, bytes.length, '0');
            out.write(bytes);
            out.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
        }

        private void parents(String name) throws IOException {
            int slash = name.lastIndexOf('/');
            if (slash > 0) {
                folder(name.substring(0, slash), 0755, 0);
            }
        }

        private void header(String name, int mode, int owner, long size, char type) throws IOException {
            byte[] block = new byte[BLOCK];
            int cut = name.length() <= 100 ? -1 : name.lastIndexOf('/', 154);
            put(block, 0, 100, name.substring(cut + 1));
            put(block, 345, 155, cut < 0 ? "" : name.substring(0, cut));
            put(block, 100, 8, "%07o".formatted(mode));
            put(block, 108, 8, "%07o".formatted(owner));
            put(block, 116, 8, "%07o".formatted(owner));
            put(block, 124, 12, "%011o".formatted(size));
            put(block, 136, 12, "%011o".formatted(time));
            put(block, 257, 8, "ustar\00000");
            block[156] = (byte) type;
            Arrays.fill(block, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte one : block) {
                sum += one & 0xff;
            }
            put(block, 148, 8, "%06o\0 ".formatted(sum));
            out.write(block);
        }

        private static void put(byte[] block, int at, int length, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > length) {
                throw new IllegalArgumentException("too long for a tar: " + text);
            }
            System.arraycopy(bytes, 0, block, at, bytes.length);
        }

        byte[] finish() {
            out.writeBytes(new byte[2 * BLOCK]);
            return out.toByteArray();
        }
    }
}
