/** Checks of the documentation, and the code that it shows. */
@NullMarked
package dev.sanctum4j.docs;

import org.jspecify.annotations.NullMarked;
