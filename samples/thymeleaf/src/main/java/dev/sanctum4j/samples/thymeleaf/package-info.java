@NullMarked
package dev.sanctum4j.samples.thymeleaf;

import org.jspecify.annotations.NullMarked;
