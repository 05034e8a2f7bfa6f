/** Why requests are refused, for those who set the server up. */
@NullMarked
package dev.sanctum4j.server.doctor;

import org.jspecify.annotations.NullMarked;
