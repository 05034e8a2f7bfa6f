package dev.sanctum4j.server.cli;

import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.MissingRight;
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
import picocli.CommandLine.Option;

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
                pending = server.get(Tables.class).pending().size();
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
                boolean mayAll = mayAll(server); // what may not be seen is not missing
                List<String> pending = mayAll ? server.get(Tables.class).pending() : List.of();
                if (!pending.isEmpty()) {
                    found(
                            "The tables lack " + pending.size() + " migrations: " + String.join(", ", pending) + ".",
                            "Run the command 'migrate', or start the server.");
                    findings.addAll(server.get(Diagnosis.class).findings());
                } else if (mayAll) {
                    owners(server);
                    administrators(server);
                    findings.addAll(server.get(Diagnosis.class).findings());
                }
            }
            StringBuilder text = new StringBuilder("database   " + database);
            findings.forEach(finding ->
                    text.append("\n\n").append(finding.rule()).append("\n  ").append(finding.change()));
            text.append(findings.isEmpty() ? "\nNothing is wrong." : "");
            terminal.answer(Terminal.object("database", database, "findings", findings), text.toString());
            return findings.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
        }

        private boolean mayAll(Server server) {
            List<MissingRight> denied = server.get(Tables.class).missingRights();
            denied.forEach(one -> found(
                    "The account of the database " + one.what() + ".",
                    "Let whoever owns the table say: " + one.cure() + "."));
            return denied.isEmpty();
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

    @Command(name = "database", description = "What is ours in a database that others use.")
    static final class OfOthers {

        private final Terminal terminal;

        OfOthers(Terminal terminal) {
            this.terminal = terminal;
        }

        @Command(
                name = "triggers",
                description = {
                    "Creates the triggers that tell of deletions and changes by others,",
                    "whoever made the table and whatever SANCTUM_SERVER_TRIGGERS says."
                })
        void triggers() {
            boolean harmless;
            try (Server server = terminal.open()) {
                if (JdbcSchema.triggerLocation(server.get(DataSource.class)).isEmpty()) {
                    throw new RefusedException("This database has no triggers that could tell of changes.");
                }
                harmless = server.get(Tables.class).createTriggers();
            }
            terminal.answer(
                    Map.of("harmless", harmless),
                    harmless
                            ? "The triggers are there. Whatever becomes of them, nobody's statement fails."
                            : "The triggers are there. This database cannot make them harmless: nobody can delete a token once"
                                    + " the account that made them, or the table they write to, is gone. The command"
                                    + " 'database remove' takes them away.");
        }

        @Command(
                name = "remove",
                description = {
                    "Takes away everything of ours: triggers, functions, columns, indexes, and the tables sanctum_…",
                    "with people, sessions, clients and the audit log. Stop the server first.",
                    "The table of the tokens stays, and what was revoked in it has expired."
                })
        void remove(@Option(names = "--yes", description = "Do it.") boolean yes) {
            if (!yes) {
                throw new RefusedException("This takes away what nothing brings back. Nothing was changed; say --yes.");
            }
            List<String> removed;
            try (Server server = terminal.open(Migrations.LEAVE)) {
                removed = server.get(Tables.class).remove();
            }
            terminal.answer(
                    Map.of("removed", removed),
                    "Removed our triggers, columns and indexes, and " + String.join(", ", removed) + ".");
        }
    }
}
