/** Answers from memory, and how they are kept from being out of date. */
@NullMarked
package dev.sanctum4j.cache;

import org.jspecify.annotations.NullMarked;
