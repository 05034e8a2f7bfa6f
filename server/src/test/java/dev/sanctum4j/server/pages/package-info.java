@NullMarked
package dev.sanctum4j.server.pages;

import org.jspecify.annotations.NullMarked;
