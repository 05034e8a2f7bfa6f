package dev.sanctum4j.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** Asks the server on this machine whether it is well: where there is no shell and no {@code curl}, as in a container. */
final class HealthCheck {

    private static final int PATIENCE = 5_000;
    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

    private HealthCheck() {}

    /** Ends with 0 if it is, else with 1. */
    public static void main(String[] args) {
        System.exit(isWell(address(System.getenv())) ? 0 : 1);
    }

    /** By the server's own variables: what listens at every address listens here as well. */
    static String address(Map<String, String> variables) {
        String host = variables.getOrDefault("MANAGEMENT_ADDRESS", "");
        if (host.isEmpty() || EVERYWHERE.contains(host)) {
            host = "127.0.0.1";
        }
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + variables.getOrDefault("MANAGEMENT_PORT", "9090") + "/actuator/health";
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
