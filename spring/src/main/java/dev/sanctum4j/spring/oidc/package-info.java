/** People of OpenID providers: how they prove again that it is them, and how they sign out there. */
@NullMarked
package dev.sanctum4j.spring.oidc;

import org.jspecify.annotations.NullMarked;
