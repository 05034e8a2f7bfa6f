/** Private channels of Pusher's protocol. */
@NullMarked
package dev.sanctum4j.spring.broadcasting;

import org.jspecify.annotations.NullMarked;
