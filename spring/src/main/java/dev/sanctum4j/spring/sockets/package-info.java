/** STOMP over WebSocket. */
@NullMarked
package dev.sanctum4j.spring.sockets;

import org.jspecify.annotations.NullMarked;
