@NullMarked
package dev.sanctum4j.samples.api;

import org.jspecify.annotations.NullMarked;
