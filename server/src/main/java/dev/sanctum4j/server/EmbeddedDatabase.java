package dev.sanctum4j.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Keeps the file of the embedded database small and to its owner. Each commit is written at once, to a new place and with whole pages,
 * some forty kilobytes for a revoked token; H2 takes back what is dead only where commits may wait, so here a thread does. On other
 * databases it does nothing.
 */
@Component
class EmbeddedDatabase implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private static final long LOOK_EVERY = 250;
    private static final long SMALL = 4 << 20;
    private static final long SMALL_IDLE = 1 << 20;
    private static final int LIVE_PERCENT = 50;
    private static final int LIVE_PERCENT_IDLE = 75;
    /** For so long, in milliseconds, commits wait at each round; longer the more there is to do. */
    private static final int ROUND = 50;

    private static final int LONGEST = 500;

    /**
     * With assertions on, as in tests, one of H2's own ends the database when chunks are moved: it takes it for an error that a gap
     * reaches over a boundary. So what lives is rewritten there, and the file does not shrink.
     */
    private static final boolean ASSERTING = MVStore.class.desiredAssertionStatus();

    private static final long PATIENCE = 5_000;

    private final DataSource dataSource;
    private @Nullable Thread thread;
    private volatile boolean running;

    EmbeddedDatabase(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public synchronized void start() {
        MVStore store;
        try {
            store = store();
        } catch (SQLException e) {
            LOG.warn(
                    "Whether the database is an embedded one was not to be known: {}",
                    e.getClass().getName());
            return;
        }
        if (!running && store != null) {
            ownersAlone(Path.of(store.getFileStore().getFileName().replaceFirst("^\\w{2,}:", "")));
            running = true;
            thread = new Thread(() -> run(store), "sanctum-compaction");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** What the database has in a file, if it is one that has. */
    private @Nullable MVStore store() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isWrapperFor(JdbcConnection.class)
                            && connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                            && session.getDatabase().isPersistent()
                    ? session.getDatabase().getStore().getMvStore()
                    : null;
        }
    }

    private void run(MVStore first) {
        MVStore store = first;
        long writes = 0;
        long settled = -1;
        try {
            while (running) {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY);
                try {
                    if (store.isClosed()) { // with its last connection; another one opened it again
                        MVStore again = store();
                        store = again == null ? store : again;
                        continue;
                    }
                    FileStore<?> file = store.getFileStore();
                    boolean idle = file.getWriteCount() == writes;
                    if (!idle || settled != writes) {
                        boolean shrunk = compact(store, file, idle);
                        writes = file.getWriteCount();
                        settled = idle && !shrunk ? writes : -1;
                    }
                } catch (SQLException | RuntimeException | Error e) { // or the file would only grow
                    LOG.warn(
                            "The file of the embedded database could not be compacted: {}",
                            e.getClass().getName());
                    for (long ms = 0; running && ms < 60_000; ms += LOOK_EVERY) {
                        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the file is smaller now. Before anything dead is overwritten, what took its place is on the disk. */
    private static boolean compact(MVStore store, FileStore<?> file, boolean idle) {
        long size = file.size();
        long live = size * file.getFillRate() / 100 * file.getChunksFillRate() / 100;
        if (size <= (idle ? SMALL_IDLE : SMALL) || live * 100 >= size * (idle ? LIVE_PERCENT_IDLE : LIVE_PERCENT)) {
            return false;
        }
        int retention = store.getRetentionTime();
        try {
            store.sync();
            if (ASSERTING) {
                store.setRetentionTime(0);
                store.compact(LIVE_PERCENT_IDLE, (int) SMALL);
            } else {
                store.compactFile((int) Math.min(LONGEST, ROUND * size / (live + SMALL)));
            }
        } finally {
            store.setRetentionTime(retention);
        }
        return file.size() < size;
    }

    /** The folder only where all in it is ours: somebody may have named one that others use. */
    private static void ownersAlone(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null
                || !folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        String name = file.getFileName().toString().replaceFirst("\\.mv\\.db$", ".");
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.toList();
            List<Path> ours = files.stream()
                    .filter(one -> one.getFileName().toString().startsWith(name))
                    .toList();
            for (Path one : ours) {
                Files.setPosixFilePermissions(one, PosixFilePermissions.fromString("rw-------"));
            }
            if (ours.size() == files.size()) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            LOG.warn(
                    "Others may read the files of the embedded database, {}: {}",
                    folder,
                    e.getClass().getName());
        }
    }

    /** Without an interruption, which would close the file. */
    @Override
    public synchronized void stop() {
        running = false;
        Thread compacting = thread;
        if (compacting != null) {
            try {
                compacting.join(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
