/** Tokens in a relational database: the store, its tables, and how it takes part in transactions. */
@NullMarked
package dev.sanctum4j.jdbc;

import org.jspecify.annotations.NullMarked;
