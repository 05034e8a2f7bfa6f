@NullMarked
package dev.sanctum4j.spring.oidc;

import org.jspecify.annotations.NullMarked;
