package dev.sanctum4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Abilities;
import dev.sanctum4j.ApprovalDraft;
import dev.sanctum4j.ApprovalRequest.Answer;
import dev.sanctum4j.ApprovalRequest.State;
import dev.sanctum4j.ApprovalStore;
import dev.sanctum4j.InMemoryApprovalStore;
import dev.sanctum4j.Owner;
import dev.sanctum4j.SecretHash;
import dev.sanctum4j.TokenStoreException;
import dev.sanctum4j.jdbc.JdbcApprovalStore;
import dev.sanctum4j.jdbc.JdbcSchema;
import dev.sanctum4j.jdbc.JdbcTokenStore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
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
            return JdbcApprovalStore.of(database.dataSource(), JdbcTokenStore.DEFAULT_TABLE);
        }

        /** Two applications in one schema, whose tokens stand in two tables: no statement of one finds what is the other's. */
        @Test
        void whatWasAskedOfOneApplicationIsUnknownToTheOther() throws Exception {
            ApprovalStore ours = store();
            ApprovalStore theirs = JdbcApprovalStore.of(database.dataSource(), "other_tokens");
            ApprovalDraft draft = draft(null);
            long id = ours.insert(draft).orElseThrow().id();
            Answer answer = new Answer(ADMIN, Abilities.of("orders:read"), Duration.ofHours(1), NOW, null);

            assertThat(theirs.findByUserCode(draft.userCode())).isEmpty();
            assertThat(theirs.findByDeviceCode(draft.deviceCode())).isEmpty();
            assertThat(theirs.poll(id, NOW)).isFalse();
            assertThat(theirs.allow(id, answer, draft.expiresAt())).isFalse();
            assertThat(theirs.deny(id, answer)).isFalse();
            assertThat(theirs.countOpen(null, NOW)).isZero();
            assertThat(theirs.countOpen("192.0.2.7", NOW)).isZero();
            assertThat(theirs.countOpenAround("192.0.2.", NOW)).isZero();
            assertThat(theirs.countAsked("192.0.2.7", NOW.minusSeconds(1))).isZero();
            assertThat(theirs.insert(draft)).as("codes are taken for all").isEmpty();
            assertThat(ours.poll(id, NOW)).as("noted by nobody else").isTrue();
            assertThat(ours.findByDeviceCode(draft.deviceCode()).orElseThrow().interval())
                    .as("slowed down by nobody else")
                    .isEqualTo(Duration.ofSeconds(5));
            assertThat(ours.allow(id, answer, draft.expiresAt())).isTrue();
            assertThat(theirs.deny(id, answer)).isFalse();
            assertThat(theirs.takeBack(ADMIN, NOW)).isZero();
            assertThat(theirs.claim(id, NOW)).isFalse();
            assertThat(theirs.prune(NOW.plusSeconds(601))).isZero();
            assertThat(ours.claim(id, NOW)).isTrue();
        }

        @Test
        void whatAPersonAskedInOneApplicationIsUnknownToTheOther() throws Exception {
            ApprovalStore ours = store();
            ApprovalStore theirs = JdbcApprovalStore.of(database.dataSource(), "other_tokens");
            Owner ada = Owner.of("user", 2);
            long id = ours.insert(draft(ada)).orElseThrow().id();
            Answer answer = new Answer(ADMIN, Abilities.of("orders:read"), Duration.ofHours(1), NOW, null);

            assertThat(theirs.findOfPerson(id)).isEmpty();
            assertThat(theirs.ofPerson(ada, NOW)).isEmpty();
            assertThat(theirs.openOfPeople(0, NOW, 10)).isEmpty();
            assertThat(ours.openOfPeople(0, NOW, 10)).hasSize(1);
            assertThat(ours.allow(id, answer, NOW.plusSeconds(600))).isTrue();
            assertThat(theirs.takeBack(ada, NOW)).isZero();
            assertThat(theirs.deny(id, answer)).isFalse();
            assertThat(ours.findOfPerson(id).orElseThrow().state()).isEqualTo(State.ALLOWED);
        }

        private static final Instant NOW = Instant.parse("2026-11-24T10:15:30Z");
        private static final Owner ADMIN = Owner.of("user", 1);

        private static ApprovalDraft draft(@Nullable Owner asker) {
            return new ApprovalDraft(
                    SecretHash.of("device"),
                    SecretHash.of("user"),
                    "cli",
                    "cli",
                    Abilities.of("orders:read"),
                    Duration.ofHours(1),
                    "192.0.2.7",
                    "192.0.2.7",
                    NOW,
                    NOW.plusSeconds(600),
                    Duration.ofSeconds(5),
                    asker);
        }

        /** Of a later version, which this one runs beside. */
        @Test
        void stateThatNobodyKnowsCouldNotBeChecked() throws Exception {
            ApprovalStore store = store();
            store.insert(draft(null));
            database.run("update " + JdbcApprovalStore.TABLE + " set state = 'weighed'");

            assertThatThrownBy(() -> store.findByUserCode(SecretHash.of("user")))
                    .isInstanceOf(TokenStoreException.class)
                    .hasMessage("a request is in a state that this version does not know");
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
