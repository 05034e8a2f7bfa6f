/** The application that a real Laravel Sanctum answered for, rebuilt on the starter. */
@NullMarked
package dev.sanctum4j.laravel;

import org.jspecify.annotations.NullMarked;
