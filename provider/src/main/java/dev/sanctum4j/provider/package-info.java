/** An identity provider that tests start and change, and a browser without a screen. */
@NullMarked
package dev.sanctum4j.provider;

import org.jspecify.annotations.NullMarked;
