package dev.sanctum4j.app;

/** The same bodies, read by Jetty. */
@OnJetty
class BodiesOnJettyTest extends BodiesTest {}
