/** What is measured of a package from inside it. */
@NullMarked
package dev.sanctum4j.spring.spa;

import org.jspecify.annotations.NullMarked;
