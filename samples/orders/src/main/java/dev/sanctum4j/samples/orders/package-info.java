@NullMarked
package dev.sanctum4j.samples.orders;

import org.jspecify.annotations.NullMarked;
