@NullMarked
package dev.sanctum4j.samples.phone;

import org.jspecify.annotations.NullMarked;
