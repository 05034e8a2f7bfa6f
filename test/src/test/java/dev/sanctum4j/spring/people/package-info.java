/** What is kept in a database, on each of them. */
@NullMarked
package dev.sanctum4j.spring.people;

import org.jspecify.annotations.NullMarked;
