package dev.sanctum4j.test;

class H2TokenStoreTest extends JdbcTokenStoreContract {

    H2TokenStoreTest() {
        super(Databases.H2, false);
    }
}
