/**
 * Personal access tokens: issue, check, revoke.
 *
 * <p>Begin with {@link dev.sanctum4j.Tokens}. Everything public here is API; its workings stand package-private beside it.
 */
@NullMarked
package dev.sanctum4j;

import org.jspecify.annotations.NullMarked;
