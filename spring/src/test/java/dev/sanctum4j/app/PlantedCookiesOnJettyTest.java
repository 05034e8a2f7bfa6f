package dev.sanctum4j.app;

/** R42 in Jetty. */
@OnJetty
class PlantedCookiesOnJettyTest extends PlantedCookiesTest {}
