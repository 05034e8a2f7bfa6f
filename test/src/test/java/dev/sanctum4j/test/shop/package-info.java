@NullMarked
package dev.sanctum4j.test.shop;

import org.jspecify.annotations.NullMarked;
