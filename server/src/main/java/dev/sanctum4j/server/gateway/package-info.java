/** Forward auth: gateways ask whether a request may go on to a service behind them. */
@NullMarked
package dev.sanctum4j.server.gateway;

import org.jspecify.annotations.NullMarked;
