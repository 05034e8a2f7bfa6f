/** Which request comes from a first-party page. */
@NullMarked
package dev.sanctum4j.spa;

import org.jspecify.annotations.NullMarked;
