package dev.sanctum4j.jdbc;

/** Something that an account of a database may do with a table, see {@link JdbcSchema#missingRights}. */
public enum Right {
    /** Read it. */
    SELECT,
    /** Add rows; on PostgreSQL by the sequence that counts them, too. */
    INSERT,
    /** Change rows. */
    UPDATE,
    /** Take rows away. */
    DELETE
}
