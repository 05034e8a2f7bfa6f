/** Tools, resources and prompts of an MCP server of Spring AI: callers may use and see what their token may. */
@NullMarked
package dev.sanctum4j.spring.mcp;

import org.jspecify.annotations.NullMarked;
