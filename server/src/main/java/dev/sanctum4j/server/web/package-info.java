/** What holds for every route, and what the doctor tells of it. */
@NullMarked
package dev.sanctum4j.server.web;

import org.jspecify.annotations.NullMarked;
