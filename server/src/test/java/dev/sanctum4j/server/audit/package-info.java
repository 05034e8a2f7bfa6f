@NullMarked
package dev.sanctum4j.server.audit;

import org.jspecify.annotations.NullMarked;
