/** The pages that people see, and the modules and styles they are made of. */
@NullMarked
package dev.sanctum4j.server.pages;

import org.jspecify.annotations.NullMarked;
