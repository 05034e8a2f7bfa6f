package dev.sanctum4j.spring.store;

import dev.sanctum4j.Internal;
import java.util.function.Supplier;
import org.springframework.util.function.SingletonSupplier;

/**
 * Whether the table of tokens is one that a Laravel fills: it gives no id twice, imports people who are younger than their
 * tokens, and leaves times out.
 */
@Internal
public final class LaravelTable {

    /** Where nobody knows of a table. */
    public static final LaravelTable NONE = new LaravelTable(() -> false);

    private final SingletonSupplier<Boolean> laravels;

    LaravelTable(Supplier<Boolean> look) {
        this.laravels = SingletonSupplier.of(look);
    }

    /**
     * Whether it does, which is looked for once.
     *
     * @throws dev.sanctum4j.TokenStoreException if the database could not be asked
     */
    public boolean isFilled() {
        return laravels.obtain();
    }
}
