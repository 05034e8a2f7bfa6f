@NullMarked
package dev.sanctum4j.spring;

import org.jspecify.annotations.NullMarked;
