package dev.sanctum4j.test;

class SqliteTokenStoreTest extends JdbcTokenStoreContract {

    SqliteTokenStoreTest() {
        super(Databases.SQLITE, false);
    }
}
