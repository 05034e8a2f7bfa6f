@NullMarked
package dev.sanctum4j.samples.shop;

import org.jspecify.annotations.NullMarked;
