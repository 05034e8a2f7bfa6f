/** What a check of a token costs, beside what others cost. */
@NullMarked
package dev.sanctum4j.benchmarks;

import org.jspecify.annotations.NullMarked;
