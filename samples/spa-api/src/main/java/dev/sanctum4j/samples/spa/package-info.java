@NullMarked
package dev.sanctum4j.samples.spa;

import org.jspecify.annotations.NullMarked;
