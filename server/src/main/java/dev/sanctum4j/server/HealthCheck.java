package dev.sanctum4j.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks the server on this machine whether it is well: where there is no shell and no {@code curl}, as in a container. */
final class HealthCheck {

    private static final int PATIENCE = 5_000;

    private HealthCheck() {}

    /** Ends with 0 if it is, else with 1. */
    public static void main(String[] args) {
        String port = System.getenv("MANAGEMENT_PORT");
        System.exit(isWell("http://127.0.0.1:" + (port == null ? "9090" : port) + "/actuator/health") ? 0 : 1);
    }

    static boolean isWell(String address) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address).toURL().openConnection();
            connection.setConnectTimeout(PATIENCE);
            connection.setReadTimeout(PATIENCE);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
