@NullMarked
package dev.sanctum4j.server.provider;

import org.jspecify.annotations.NullMarked;
