/** People whom a provider signs in, written down: who somebody is, what they might do when they came last, and when that was. */
@NullMarked
package dev.sanctum4j.spring.people;

import org.jspecify.annotations.NullMarked;
