@NullMarked
package dev.sanctum4j.server;

import org.jspecify.annotations.NullMarked;
