package dev.sanctum4j.test;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.TokenStore;

class InMemoryTokenStoreTest extends TokenStoreContract {

    @Override
    protected TokenStore store() {
        return new InMemoryTokenStore();
    }
}
