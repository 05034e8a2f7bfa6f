@NullMarked
package dev.sanctum4j.server.web;

import org.jspecify.annotations.NullMarked;
