/** Several real servers on one PostgreSQL, and what they accept after a revocation. */
@NullMarked
package dev.sanctum4j.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
