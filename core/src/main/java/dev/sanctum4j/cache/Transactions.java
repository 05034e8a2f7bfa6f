package dev.sanctum4j.cache;

/**
 * The transaction that the calling thread is in. What it reads may never be committed, and what it changed counts for others
 * from its end on.
 *
 * <p>Implementations are thread-safe.
 */
public interface Transactions {

    /** There are none beyond a single call of the store. */
    Transactions NONE = new Transactions() {
        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void afterEnd(Runnable work) {
            throw new IllegalStateException("no transaction is open");
        }
    };

    /** Whether one is open. */
    boolean isOpen();

    /** Runs {@code work} when the open one has been committed or rolled back. */
    void afterEnd(Runnable work);
}
