/** A small API to try tokens on. */
@NullMarked
package dev.sanctum4j.server.demo;

import org.jspecify.annotations.NullMarked;
