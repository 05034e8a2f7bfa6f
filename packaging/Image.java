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
 * Writes a container image of the server, without a daemon, a registry or root: an OCI layout in a tar, which Docker and Podman
 * load as it is.
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
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    /** What needs a screen or a sound card. */
    private static final Pattern UNUSED = Pattern.compile("lib(awt_xawt|jawt|jsound|splashscreen)\\.so");

    private final long time;
    private final Map<String, byte[]> blobs = new TreeMap<>();
    private final List<String> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();

    private Image(long time) {
        this.time = time;
    }

    /** The server's jar, the image to write, the version, and the time that everything in it gets. */
    public static void main(String... args) throws Exception {
        Path jar = Path.of(args[0]).toAbsolutePath();
        Path image = Path.of(args[1]).toAbsolutePath();
        Instant created = Instant.parse(args[3]);
        Path work = Path.of(image + ".work");
        delete(work);
        Files.createDirectories(work);
        try {
            new Image(created.getEpochSecond()).write(jar, image, args[2], created, work);
        } finally {
            delete(work);
        }
    }

    private void write(Path jar, Path image, String version, Instant created, Path work) throws Exception {
        Path runtime = work.resolve("runtime");
        jlink(runtime);
        Path app = work.resolve("app");
        run(java(), "-Djarmode=tools", "-jar", jar.toString(), "extract", "--layers", "--destination", app.toString());

        layer(system(runtime));
        layer(tree(new Tar(time), runtime, "opt/java"));
        for (String name : List.of("dependencies", "snapshot-dependencies", "application")) {
            Path folder = app.resolve(name);
            if (Files.isDirectory(folder)) {
                layer(tree(new Tar(time), folder, "app"));
            }
        }
        String config = blob(config(version, created).getBytes(StandardCharsets.UTF_8));
        byte[] manifest = manifest(config).getBytes(StandardCharsets.UTF_8);
        String digest = blob(manifest);

        Tar tar = new Tar(time);
        tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8), 0644);
        tar.file("index.json", """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{\
                "mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%d,\
                "annotations":{"io.containerd.image.name":"docker.io/library/sanctum4j-server:%s",\
                "org.opencontainers.image.ref.name":"%s"}}]}""".formatted(digest, manifest.length, version, version)
                .getBytes(StandardCharsets.UTF_8), 0644);
        tar.file("manifest.json", """
                [{"Config":"blobs/sha256/%s","RepoTags":["sanctum4j-server:%s"],"Layers":[%s]}]""".formatted(
                        config, version, layers.stream().map(one -> "\"blobs/sha256/" + one + "\"")
                                .collect(Collectors.joining(",")))
                .getBytes(StandardCharsets.UTF_8), 0644);
        tar.folder("blobs", 0755, 0);
        tar.folder("blobs/sha256", 0755, 0);
        for (Map.Entry<String, byte[]> one : blobs.entrySet()) {
            tar.file("blobs/sha256/" + one.getKey(), one.getValue(), 0644);
        }
        Files.write(image, tar.finish());
        System.out.println("Wrote " + image + ": " + Files.size(image) / 1_000_000 + " MB, " + layers.size() + " layers");
    }

    private static void jlink(Path runtime) {
        int status = ToolProvider.findFirst("jlink").orElseThrow().run(
                System.out, System.err, "--add-modules", MODULES, "--strip-debug", "--no-header-files", "--no-man-pages",
                "--output", runtime.toString());
        if (status != 0) {
            throw new IllegalStateException("jlink failed with " + status);
        }
    }

    /** The C library and what else the runtime is linked with, two folders to write to, and who runs it. */
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
        return tar;
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

    private void layer(Tar tar) throws IOException {
        byte[] bytes = tar.finish();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        diffIds.add(sha256(bytes));
        layers.add(blob(packed.toByteArray()));
    }

    private String blob(byte[] bytes) {
        String digest = sha256(bytes);
        blobs.put(digest, bytes);
        return digest;
    }

    private String manifest(String config) {
        return """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{\
                "mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%d},"layers":[%s]}"""
                .formatted(config, blobs.get(config).length, layers.stream()
                        .map(one -> """
                                {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%d}"""
                                .formatted(one, blobs.get(one).length))
                        .collect(Collectors.joining(",")));
    }

    private String config(String version, Instant created) {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> System.getProperty("os.arch");
        };
        return """
                {"created":"%s","architecture":"%s","os":"linux","config":{"User":"%d:%d","WorkingDir":"/data",\
                "Env":["PATH=/opt/java/bin","JAVA_HOME=/opt/java","SANCTUM_DATA=/data/db"],\
                "Entrypoint":["/opt/java/bin/java","-XX:MaxRAMPercentage=75","-jar","/app/sanctum4j-server.jar"],\
                "ExposedPorts":{"8080/tcp":{}},"Volumes":{"/data":{}},"StopSignal":"SIGTERM",\
                "Labels":{"org.opencontainers.image.title":"sanctum4j-server","org.opencontainers.image.version":"%s",\
                "org.opencontainers.image.licenses":"Apache-2.0"},\
                "Healthcheck":{"Test":["CMD","/opt/java/bin/java","-XX:TieredStopAtLevel=1","-XX:+UseSerialGC","-cp",\
                "/app/sanctum4j-server.jar","dev.sanctum4j.server.HealthCheck"],\
                "Interval":30000000000,"Timeout":10000000000,"StartPeriod":60000000000,"Retries":3}},\
                "rootfs":{"type":"layers","diff_ids":[%s]}}""".formatted(created, architecture, NOBODY, NOBODY, version,
                        diffIds.stream().map(one -> "\"sha256:" + one + "\"").collect(Collectors.joining(",")));
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
