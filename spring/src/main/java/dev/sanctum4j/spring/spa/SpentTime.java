package dev.sanctum4j.spring.spa;

import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.util.function.SingletonSupplier;

/**
 * Takes as long as a wrong password does where a user service has said no before Spring's provider compared any, so that nobody learns
 * from the time who is disabled.
 */
final class SpentTime {

    private final Supplier<PasswordEncoder> encoder;
    private final Supplier<String> hash;

    /** @param encoders asked for the one that Spring's provider takes as well */
    SpentTime(ObjectProvider<PasswordEncoder> encoders) {
        this.encoder = SingletonSupplier.of(
                () -> encoders.getIfUnique(PasswordEncoderFactories::createDelegatingPasswordEncoder));
        this.hash = SingletonSupplier.of(() -> encoder.get().encode("nobody's"));
    }

    void on(String password) {
        var unused = encoder.get().matches(password, hash.get());
    }
}
