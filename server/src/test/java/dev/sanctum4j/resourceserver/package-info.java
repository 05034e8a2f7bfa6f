/** Somebody else's application, which asks our server about tokens. */
package dev.sanctum4j.resourceserver;
