@org.jspecify.annotations.NullMarked
package dev.sanctum4j.benchmarks.cluster;
