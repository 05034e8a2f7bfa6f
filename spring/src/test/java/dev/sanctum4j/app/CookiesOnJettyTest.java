package dev.sanctum4j.app;

/** The container's own session cookie, in Jetty. */
@OnJetty
class CookiesOnJettyTest extends CookiesTest {}
