@NullMarked
package dev.sanctum4j.samples.tenants;

import org.jspecify.annotations.NullMarked;
