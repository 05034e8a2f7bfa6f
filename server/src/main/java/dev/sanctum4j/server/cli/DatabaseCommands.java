package dev.sanctum4j.server.cli;

import dev.sanctum4j.server.cli.Contexts.Migrations;
import dev.sanctum4j.spring.OwnerLoader;
import dev.sanctum4j.spring.http.Diagnosis;
import dev.sanctum4j.spring.store.StoreProperties;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;

/** Commands about the database as a whole. */
final class DatabaseCommands {

    private DatabaseCommands() {}

    @Command(name = "migrate", description = "Brings the tables up to date, as the server does when it starts.")
    static final class Migrate implements Runnable {

        private final Terminal terminal;

        Migrate(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void run() {
            int pending;
            try (Server server = terminal.open(Migrations.LEAVE)) {
                pending = server.get(Migrator.class).pending().size();
            }
            if (pending > 0) {
                terminal.open(Migrations.APPLY).close();
            }
            terminal.answer(
                    Map.of("applied", pending),
                    pending == 0 ? "The tables are up to date." : "Applied " + pending + " migrations.");
        }
    }

    @Command(
            name = "doctor",
            description = {"Looks for what is wrong with settings and database.", "Ends with 1 if it finds something."})
    static final class Doctor implements Callable<Integer> {

        private final Terminal terminal;
        private final List<Diagnosis.Finding> findings = new ArrayList<>();

        Doctor(Terminal terminal) {
            this.terminal = terminal;
        }

        private void found(String rule, String change) {
            findings.add(new Diagnosis.Finding(rule, change));
        }

        @Override
        public Integer call() throws SQLException {
            findings.clear();
            String database;
            try (Server server = terminal.open(Migrations.LEAVE)) {
                try (Connection connection = server.get(DataSource.class).getConnection()) {
                    DatabaseMetaData meta = connection.getMetaData();
                    database = meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
                }
                List<String> pending = server.get(Migrator.class).pending();
                if (pending.isEmpty()) {
                    owners(server);
                    administrators(server);
                } else {
                    found(
                            "The tables lack " + pending.size() + " migrations: " + String.join(", ", pending) + ".",
                            "Run the command 'migrate', or start the server.");
                }
                findings.addAll(server.get(Diagnosis.class).findings());
            }
            StringBuilder text = new StringBuilder("database   " + database);
            findings.forEach(finding ->
                    text.append("\n\n").append(finding.rule()).append("\n  ").append(finding.change()));
            text.append(findings.isEmpty() ? "\nNothing is wrong." : "");
            terminal.answer(Map.of("database", database, "findings", findings), text.toString());
            return findings.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
        }

        private void owners(Server server) {
            StoreProperties.Jdbc jdbc = server.get(StoreProperties.class).jdbc();
            Set<String> known = server.context().getBeanProvider(OwnerLoader.class).stream()
                    .map(loader -> jdbc.ownerTypes().getOrDefault(loader.type(), loader.type()))
                    .collect(Collectors.toSet());
            server.get(JdbcClient.class)
                    .sql("select tokenable_type, count(*) from " + jdbc.table()
                            + " where revoked_at is null group by tokenable_type")
                    .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                    .list()
                    .forEach(type -> {
                        if (!known.contains(type.getKey())) {
                            found(
                                    type.getValue() + " tokens belong to owners of the type '" + type.getKey()
                                            + "', which nothing here knows: they are refused.",
                                    "If these are people with accounts here, set sanctum.jdbc.owner-types.user to that"
                                            + " type; else another application takes them.");
                        }
                    });
        }

        private void administrators(Server server) {
            if (!server.accounts().haveAdministrator()) {
                found(
                        "Nobody may administer the server.",
                        "Run 'users add --admin' or, for somebody who is there, 'users role WHO admin'.");
            }
        }
    }
}
