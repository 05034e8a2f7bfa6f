/** What tests of tokens need: the contract of a store, and a clock that is moved by hand. */
@NullMarked
package dev.sanctum4j.test;

import org.jspecify.annotations.NullMarked;
