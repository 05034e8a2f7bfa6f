@NullMarked
package dev.sanctum4j.spring.spa;

import org.jspecify.annotations.NullMarked;
