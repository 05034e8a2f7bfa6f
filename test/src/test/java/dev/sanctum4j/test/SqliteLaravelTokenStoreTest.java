package dev.sanctum4j.test;

class SqliteLaravelTokenStoreTest extends JdbcTokenStoreContract {

    SqliteLaravelTokenStoreTest() {
        super(Databases.SQLITE, true);
    }
}
