package dev.sanctum4j.samples.phone;

import java.io.IOException;
import java.net.URI;

/** Signs in at the sample {@code spring-api}, asks it something and signs out. */
final class Try {

    private Try() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        System.out.println(orders(URI.create(args[0])));
    }

    static String orders(URI server) throws IOException, InterruptedException {
        Phone phone = new Phone(server);
        String told = phone.signIn("ada@example.test", "secret", "phone");
        if (!phone.isSignedIn()) {
            return told;
        }
        String orders = phone.get("/api/orders");
        phone.signOut();
        return orders;
    }
}
