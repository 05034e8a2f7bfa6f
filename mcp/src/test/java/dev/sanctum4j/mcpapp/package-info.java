/** An application with an MCP server, as somebody else writes it. */
@NullMarked
package dev.sanctum4j.mcpapp;

import org.jspecify.annotations.NullMarked;
