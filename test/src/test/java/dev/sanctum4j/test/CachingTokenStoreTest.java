package dev.sanctum4j.test;

import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.TokenStore;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import org.junit.jupiter.api.Nested;

/** What every store does, every store does behind a cache as well. */
class CachingTokenStoreTest {

    private static TokenStore cached(TokenStore store) {
        return CachingTokenStore.of(store, CacheSettings.DEFAULT);
    }

    @Nested
    class InMemory extends TokenStoreContract {
        @Override
        protected TokenStore store() {
            return cached(new InMemoryTokenStore());
        }

        @Override
        protected boolean keepsHints() {
            return true;
        }
    }

    abstract static class Jdbc extends JdbcTokenStoreContract {
        Jdbc(Databases database) {
            super(database, false);
        }

        @Override
        protected TokenStore store() throws Exception {
            return cached(super.store());
        }
    }

    @Nested
    class H2 extends Jdbc {
        H2() {
            super(Databases.H2);
        }
    }

    @Nested
    class Sqlite extends Jdbc {
        Sqlite() {
            super(Databases.SQLITE);
        }
    }

    @Nested
    class Postgres extends Jdbc {
        Postgres() {
            super(Databases.POSTGRESQL);
        }
    }

    @Nested
    class MariaDb extends Jdbc {
        MariaDb() {
            super(Databases.MARIADB);
        }
    }
}
