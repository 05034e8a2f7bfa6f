@NullMarked
package dev.sanctum4j.samples.http;

import org.jspecify.annotations.NullMarked;
