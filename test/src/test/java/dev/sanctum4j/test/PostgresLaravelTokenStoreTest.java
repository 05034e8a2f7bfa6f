package dev.sanctum4j.test;

class PostgresLaravelTokenStoreTest extends JdbcTokenStoreContract {

    PostgresLaravelTokenStoreTest() {
        super(Databases.POSTGRESQL, true);
    }
}
