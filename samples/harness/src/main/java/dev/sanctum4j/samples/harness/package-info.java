@NullMarked
package dev.sanctum4j.samples.harness;

import org.jspecify.annotations.NullMarked;
