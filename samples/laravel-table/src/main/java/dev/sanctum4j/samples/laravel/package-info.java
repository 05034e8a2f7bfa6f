@NullMarked
package dev.sanctum4j.samples.laravel;

import org.jspecify.annotations.NullMarked;
