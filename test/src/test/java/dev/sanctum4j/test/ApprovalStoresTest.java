package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.InMemoryApprovalStore;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract of requests, in memory and in every database. */
class ApprovalStoresTest {

    @Nested
    class InMemory extends ApprovalStoreContract {
        @Override
        protected ApprovalStore store() {
            return new InMemoryApprovalStore();
        }
    }

    abstract static class InDatabase extends ApprovalStoreContract {
        private final Databases database;

        InDatabase(Databases database) {
            this.database = database;
        }

        @Override
        protected ApprovalStore store() throws Exception {
            database.run("drop table if exists " + JdbcApprovalStore.TABLE);
            assertThat(JdbcSchema.hasRequests(database.dataSource())).isFalse();
            assertThat(JdbcSchema.createRequests(database.dataSource())).isTrue();
            return JdbcApprovalStore.of(database.dataSource());
        }

        @Test
        void tableThatIsThereIsLeftAlone() throws Exception {
            assertThat(JdbcSchema.createRequests(database.dataSource())).isFalse();
            assertThat(JdbcSchema.hasRequests(database.dataSource())).isTrue();
            database.migrate("V6__requests.sql", "whatever"); // as Flyway does after us
        }
    }

    @Nested
    class H2 extends InDatabase {
        H2() {
            super(Databases.H2);
        }
    }

    @Nested
    class Sqlite extends InDatabase {
        Sqlite() {
            super(Databases.SQLITE);
        }
    }

    @Nested
    class Postgres extends InDatabase {
        Postgres() {
            super(Databases.POSTGRESQL);
        }
    }

    @Nested
    class MariaDb extends InDatabase {
        MariaDb() {
            super(Databases.MARIADB);
        }
    }
}
