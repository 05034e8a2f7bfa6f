/** Requests of an application made as somebody, with no token in any store. */
@NullMarked
package dev.sanctum4j.test.spring;

import org.jspecify.annotations.NullMarked;
