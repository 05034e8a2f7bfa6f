/** Finds and enforces what methods ask for, and lists the abilities there are. */
@NullMarked
package dev.sanctum4j.spring.ability;

import org.jspecify.annotations.NullMarked;
