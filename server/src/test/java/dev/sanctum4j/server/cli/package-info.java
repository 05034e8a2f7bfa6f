/** Tests of the command line. */
@NullMarked
package dev.sanctum4j.server.cli;

import org.jspecify.annotations.NullMarked;
