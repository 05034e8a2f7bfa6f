/** The command line: the same jar without its web server. */
@NullMarked
package dev.sanctum4j.server.cli;

import org.jspecify.annotations.NullMarked;
