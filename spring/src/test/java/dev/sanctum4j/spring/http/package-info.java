@NullMarked
package dev.sanctum4j.spring.http;

import org.jspecify.annotations.NullMarked;
