/** Programs ask people for a token, and people answer (RFC 8628). */
@NullMarked
package dev.sanctum4j.spring.approval;

import org.jspecify.annotations.NullMarked;
