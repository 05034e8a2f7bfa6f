/** First-party pages: signing in, sessions, cookies, CSRF, CORS and passwords. */
@NullMarked
package dev.sanctum4j.spring.spa;

import org.jspecify.annotations.NullMarked;
