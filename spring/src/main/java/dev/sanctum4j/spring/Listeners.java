package dev.sanctum4j.spring;

import dev.sanctum4j.TokenListener;

/** Everybody who is told what happens, {@link TokenEvents} among them: one bean, so that there is one way to tell. */
record Listeners(TokenListener all) {}
