import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives what is in the jars of a folder the modes that it would have by umask 022: Maven's archiver writes those of the files that it packs, so that a
 * jar would tell the umask of whoever built it.
 *
 * <pre>java packaging/Modes.java core/target</pre>
 */
final class Modes {

    private static final int END = 0x06054b50;
    private static final int ENTRY = 0x02014b50;
    private static final int UNIX = 3;

    private Modes() {}

    public static void main(String... args) throws IOException {
        Path folder = Path.of(args[0]);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, "*.jar")) {
                for (Path jar : jars) {
                    set(jar);
                }
            }
        }
    }

    /** Only the directory at the end of a zip tells modes. */
    private static void set(Path jar) throws IOException {
        byte[] zip = Files.readAllBytes(jar);
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.length - 22;
        while (bytes.getInt(end) != END) {
            end--;
        }
        int at = bytes.getInt(end + 16);
        for (; at < end; at += 46 + size(bytes, at + 28) + size(bytes, at + 30) + size(bytes, at + 32)) {
            if (bytes.getInt(at) != ENTRY) {
                throw new IOException(jar + " is no zip of the usual form");
            }
            boolean folder = zip[at + 45 + size(bytes, at + 28)] == '/';
            if (zip[at + 5] == UNIX) {
                bytes.putInt(at + 38, (folder ? 040755 : 0100644) << 16 | size(bytes, at + 38));
            }
        }
        Files.write(jar, zip);
    }

    private static int size(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }
}
