@NullMarked
package dev.sanctum4j.samples.jpa;

import org.jspecify.annotations.NullMarked;
