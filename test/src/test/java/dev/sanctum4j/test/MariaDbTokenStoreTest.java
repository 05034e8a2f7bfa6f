package dev.sanctum4j.test;

class MariaDbTokenStoreTest extends JdbcTokenStoreContract {

    MariaDbTokenStoreTest() {
        super(Databases.MARIADB, false);
    }
}
