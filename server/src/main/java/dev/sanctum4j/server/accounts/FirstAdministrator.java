package dev.sanctum4j.server.accounts;

import dev.sanctum4j.spring.http.ProblemException;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

/** Creates the first account on a database of ours without any, and tells its password once, on the console and in no log. */
@Component
@ConditionalOnBooleanProperty(name = "sanctum.server.first-administrator", matchIfMissing = true)
class FirstAdministrator implements SmartInitializingSingleton {

    private final Accounts accounts;
    private final String email;
    private final String password;

    FirstAdministrator(
            Accounts accounts,
            @Value("${SANCTUM_ADMIN_EMAIL:admin@localhost}") String email,
            @Value("${SANCTUM_ADMIN_PASSWORD:}") String password) {
        this.accounts = accounts;
        this.email = email;
        this.password = password;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (accounts.areLaravels() || !accounts.isEmpty()) {
            return;
        }
        String chosen = password.isEmpty() ? randomPassword() : chosen();
        boolean created = accounts.create("Administrator", email, chosen, Account.Role.ADMIN)
                .isPresent();
        if (created && password.isEmpty()) { // if not, another node was faster and has told its own
            tell(chosen);
        }
    }

    /** No shorter than anybody else's. What is said has no password in it, as its exception of Boot's would. */
    private String chosen() {
        try {
            return Accounts.chosen(password);
        } catch (ProblemException e) {
            throw new IllegalStateException("SANCTUM_ADMIN_PASSWORD: " + e.getMessage());
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void tell(String chosen) {
        String line = "*".repeat(72);
        System.out.println("""

                %s

                An administrator was created. This password is shown only now:

                    e-mail    %s
                    password  %s

                %s
                """.formatted(line, email, chosen, line));
    }
}
