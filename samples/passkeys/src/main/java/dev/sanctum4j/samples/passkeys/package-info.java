@NullMarked
package dev.sanctum4j.samples.passkeys;

import org.jspecify.annotations.NullMarked;
