/** Servers that ask about tokens and revoke them: introspection (RFC 7662) and revocation (RFC 7009). */
@NullMarked
package dev.sanctum4j.server.oauth;

import org.jspecify.annotations.NullMarked;
