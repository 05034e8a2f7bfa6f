/** The program in Kotlin that the pages show. */
@NullMarked
package dev.sanctum4j.docs.kotlin;

import org.jspecify.annotations.NullMarked;
