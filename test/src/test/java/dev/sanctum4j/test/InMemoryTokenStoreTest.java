package dev.sanctum4j.test;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.TokenStore;
import org.junit.jupiter.api.Nested;

class InMemoryTokenStoreTest extends TokenStoreContract {

    @Override
    protected TokenStore store() {
        return new InMemoryTokenStore();
    }

    @Override
    protected boolean keepsHints() {
        return true;
    }

    /** A store that was written before there was {@link TokenStore#rotate}. */
    @Nested
    class WithoutRotation extends TokenStoreContract {
        @Override
        protected TokenStore store() {
            return InterleavingsTest.withoutRotation(new InMemoryTokenStore());
        }
    }
}
