@NullMarked
package dev.sanctum4j.server.accounts;

import org.jspecify.annotations.NullMarked;
