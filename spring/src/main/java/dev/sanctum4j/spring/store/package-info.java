/** The {@code Tokens} bean over the application's data source, its transactions, threads and scheduler; knows no web. */
@NullMarked
package dev.sanctum4j.spring.store;

import org.jspecify.annotations.NullMarked;
