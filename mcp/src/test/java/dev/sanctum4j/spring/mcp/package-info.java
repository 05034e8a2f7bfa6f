@NullMarked
package dev.sanctum4j.spring.mcp;

import org.jspecify.annotations.NullMarked;
