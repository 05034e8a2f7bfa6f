@NullMarked
package dev.sanctum4j.server.gateway;

import org.jspecify.annotations.NullMarked;
