/** People who sign in by an OpenID Connect provider. */
@NullMarked
package dev.sanctum4j.server.provider;

import org.jspecify.annotations.NullMarked;
