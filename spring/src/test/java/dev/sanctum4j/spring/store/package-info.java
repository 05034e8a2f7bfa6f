@NullMarked
package dev.sanctum4j.spring.store;

import org.jspecify.annotations.NullMarked;
