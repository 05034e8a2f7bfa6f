package dev.sanctum4j.test;

class PostgresTokenStoreTest extends JdbcTokenStoreContract {

    PostgresTokenStoreTest() {
        super(Databases.POSTGRESQL, false);
    }
}
