package dev.sanctum4j.server.accounts;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsPasswordService;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** How accounts prove who they are. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OidcProperties.class)
class AccountConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** BCrypt; a hash without the name of its encoder is one of Laravel's, {@code $2y$…}. */
    @Bean
    PasswordEncoder passwordEncoder(
            @Value("${" + LaravelUsers.TABLE + ":}") String laravelUsers, ObjectProvider<Accounts> accounts) {
        DelegatingPasswordEncoder encoder =
                (DelegatingPasswordEncoder) PasswordEncoderFactories.createDelegatingPasswordEncoder();
        encoder.setDefaultPasswordEncoderForMatches(new BCryptPasswordEncoder());
        return new WholePasswords(
                encoder, laravelUsers.isEmpty(), () -> accounts.getObject().costliestHash());
    }

    /** Without it, nobody signs in by a password. */
    @Bean
    @ConditionalOnBooleanProperty(name = "sanctum.oidc.passwords", matchIfMissing = true)
    UserDetailsService userDetailsService(Accounts accounts) {
        return email -> accounts.findByEmail(email)
                .map(AccountDetails::new)
                .orElseThrow(() -> UsernameNotFoundException.fromUsername("unknown"));
    }

    @Bean
    UserDetailsPasswordService passwordUpgrades(Accounts accounts) {
        return (UserDetails user, @Nullable String hash) -> {
            String checked = user.getPassword();
            if (user instanceof AccountDetails account && checked != null && hash != null) {
                var unused = accounts.replaceHash(account.id(), checked, hash);
            }
            return user;
        };
    }
}
