@NullMarked
package dev.sanctum4j.test;

import org.jspecify.annotations.NullMarked;
