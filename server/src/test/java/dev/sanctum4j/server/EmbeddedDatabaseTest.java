package dev.sanctum4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {

    private static final int KILLS = 8;

    @TempDir
    private Path folder;

    private static String url(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("sanctum") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    private static HikariDataSource open(Path folder) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(url(folder));
        settings.setMaximumPoolSize(2);
        return new HikariDataSource(settings);
    }

    /** Rows of tokens, each made and changed by a commit of its own; of what is old, a few remain. */
    private static void work(Connection connection, int from, int to) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists tokens (id bigint primary key, owner varchar(255),"
                    + " hash varchar(64) unique, changed timestamp(6), revoked timestamp(6))");
            statement.execute("create index if not exists changed on tokens (changed)");
            statement.execute("create index if not exists owner on tokens (owner)");
        }
        try (PreparedStatement insert = connection.prepareStatement(
                        "insert into tokens (id, owner, hash, changed) values (?, ?, ?, current_timestamp)");
                PreparedStatement update = connection.prepareStatement(
                        "update tokens set revoked = current_timestamp, changed = current_timestamp where id = ?");
                PreparedStatement delete =
                        connection.prepareStatement("delete from tokens where id < ? and mod(id, 10) > 0")) {
            Random random = new Random(from);
            for (int id = from; id < to; id++) {
                insert.setLong(1, id);
                insert.setString(2, "user " + id % 100);
                insert.setString(3, Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()) + id);
                insert.executeUpdate();
                update.setLong(1, id);
                update.executeUpdate();
                System.out.println(id);
                if (id % 500 == 0) {
                    delete.setLong(1, id - 500);
                    delete.executeUpdate();
                }
            }
        }
    }

    /** Without assertions, as the server runs. */
    private Process worker(int from, int count) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        folder.toString(),
                        Integer.toString(from),
                        Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void fileIsAtMostThreeTimesWhatIsInIt() throws Exception {
        Path file = folder.resolve("sanctum.mv.db");
        Process process = worker(0, 5_000);
        long most = 0;
        long kept = Long.MAX_VALUE;
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                most = Math.max(most, Files.exists(file) ? Files.size(file) : 0);
                kept = line.startsWith("idle ") ? Long.parseLong(line.substring(5)) : kept;
            }
        }
        try (Connection connection = DriverManager.getConnection(url(folder));
                Statement statement = connection.createStatement()) {
            statement.execute("shutdown compact");
        }
        assertThat(kept).as("when idle").isLessThanOrEqualTo(Math.max(3 * Files.size(file), 1 << 20));
        assertThat(most).as("while it worked").isLessThan(100 << 20);
    }

    @Test
    void nothingThatWasAnsweredIsLostToAKill() throws Exception {
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = worker(next, 100_000);
            int answered = next - 1;
            try (BufferedReader said = process.inputReader()) {
                int last = next + 700 + 97 * kill;
                for (String line = said.readLine(); line != null; line = said.readLine()) {
                    if (line.matches("\\d+")) {
                        answered = Integer.parseInt(line);
                        if (answered == last) {
                            process.toHandle().destroyForcibly(); // and what it said can still be read
                        }
                    }
                }
            }
            process.waitFor();
            assertThat(answered).isGreaterThan(next + 500);
            assertThat(revoked(next, answered)).as("after kill %s", kill).isZero();
            next = answered + 2; // one may have been written and not told
        }
    }

    /** How many are not there as they were answered, of those that were not deleted. */
    private int revoked(int from, int to) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(folder));
                PreparedStatement found = connection.prepareStatement(
                        "select count(*) from system_range(?, ?) left join tokens on id = x and revoked is not null"
                                + " where id is null and (mod(x, 10) = 0 or x > ?)")) {
            found.setInt(1, from);
            found.setInt(2, to);
            found.setInt(3, to - to % 500);
            try (ResultSet row = found.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Works until it is killed or done, and says what is done. */
    static final class Worker {

        private Worker() {}

        public static void main(String[] args) throws SQLException, IOException {
            int from = Integer.parseInt(args[1]);
            int to = from + Integer.parseInt(args[2]);
            try (HikariDataSource dataSource = open(Path.of(args[0]));
                    Connection connection = dataSource.getConnection()) {
                EmbeddedDatabase embedded = new EmbeddedDatabase(dataSource);
                embedded.start();
                for (int next = from; next < to; next += 500) {
                    work(connection, next, Math.min(to, next + 500));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // no server is as fast as this
                }
                Path file = Path.of(args[0], "sanctum.mv.db");
                long before = -1;
                for (int i = 0, same = 0; i < 60 && same < 4; i++) { // a busy machine may keep its thread waiting
                    same = Files.size(file) == before ? same + 1 : 0;
                    before = Files.size(file);
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                }
                System.out.println("idle " + Files.size(file));
                embedded.stop();
            }
        }
    }

    @Test
    void fileAndFolderAreItsOwnersAloneAlsoWhereTheyWereNot() throws IOException {
        Path file = folder.resolve("sanctum.mv.db");
        open(folder).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        start();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void folderThatOthersUseStaysAsItIs() throws IOException {
        Files.createFile(folder.resolve("theirs"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        start();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sanctum.mv.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void fileThatIsMadeForSqliteIsItsOwnersAloneAndSoIsWhatStandsBesideIt() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("sanctum.db");
        SanctumServer.application(Map.of("SANCTUM_DATABASE_URL", url + "?busy_timeout=5000"));

        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("create table hashes (hash text)");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files)
                        .extracting(file -> file.getFileName() + " "
                                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .containsExactlyInAnyOrder(
                                "sanctum.db rw-------", "sanctum.db-wal rw-------", "sanctum.db-shm rw-------");
            }
        }
    }

    /** PHP may work with it, as another user. */
    @Test
    void fileOfSqliteThatIsThereStaysAsItIs() throws Exception {
        Path file = Files.createFile(folder.resolve("database.sqlite"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

        SanctumServer.application(Map.of("SANCTUM_DATABASE_URL", "jdbc:sqlite:" + file));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-rw-r--");
    }

    private void start() {
        try (HikariDataSource dataSource = open(folder)) {
            EmbeddedDatabase embedded = new EmbeddedDatabase(dataSource);
            embedded.start();
            embedded.stop();
        }
    }

    @Test
    void databaseInMemoryNeedsNone() {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl("jdbc:h2:mem:none");
        try (HikariDataSource dataSource = new HikariDataSource(settings)) {
            EmbeddedDatabase embedded = new EmbeddedDatabase(dataSource);
            embedded.start();
            assertThat(embedded.isRunning()).isFalse();
        }
    }
}
