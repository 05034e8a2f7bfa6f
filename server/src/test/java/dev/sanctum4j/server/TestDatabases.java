package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Of the databases that variables name there is one each, and tests run in two processes: a class that is extended with this has
 * them for itself until it ends.
 */
public final class TestDatabases implements BeforeAllCallback, AfterAllCallback {

    private static final Path LOCK = Path.of("target", "databases.lock");

    private static @Nullable FileChannel turn;
    private static int depth;

    /** Null if it is not set. */
    public static @Nullable String url(String variable) {
        synchronized (TestDatabases.class) {
            if (turn == null) {
                throw new IllegalStateException("the test's class lacks @ExtendWith(TestDatabases.class)");
            }
        }
        return System.getenv(variable);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        synchronized (TestDatabases.class) {
            if (depth++ == 0) { // nested classes come in the turn of theirs
                Files.createDirectories(LOCK.getParent());
                FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                file.lock();
                turn = file;
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        synchronized (TestDatabases.class) {
            FileChannel file = turn;
            if (--depth == 0 && file != null) {
                turn = null;
                file.close();
            }
        }
    }
}
