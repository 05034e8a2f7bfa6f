/** Says no, reads bodies and writes JSON, in one place that knows no tokens. */
@NullMarked
package dev.sanctum4j.spring.http;

import org.jspecify.annotations.NullMarked;
