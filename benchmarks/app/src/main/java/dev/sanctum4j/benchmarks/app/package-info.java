/** One application, protected in several ways. */
@NullMarked
package dev.sanctum4j.benchmarks.app;

import org.jspecify.annotations.NullMarked;
