package dev.sanctum4j.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.Session;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;

/**
 * An OpenID provider on a free port of this host: Spring's own authorization server, with people whom a test makes and changes. Two of
 * them are two issuers. It lets any application in that is called {@value #CLIENT}, and sends people back wherever they came from,
 * which no provider in the world may do.
 *
 * <p>Thread-safe.
 */
public final class Provider implements AutoCloseable {

    /** What every application is called here. */
    public static final String CLIENT = "app";

    /** By what every application proves itself, and everybody signs in. */
    public static final String SECRET = "secret";

    private static final RSAKey KEY = key();

    /** Claims by subject, and subjects by the name that people type. */
    private final Map<String, Map<String, Object>> claims = new ConcurrentHashMap<>();

    private final Map<String, String> subjects = new ConcurrentHashMap<>();
    private final Clock clock;
    private final AnnotationConfigServletWebServerApplicationContext context;

    private volatile boolean obeysPrompt = true;
    private volatile boolean tellsAuthTime = true;

    /** A provider that is up, and knows nobody. */
    public Provider() {
        this(Clock.systemUTC());
    }

    /**
     * The same with another clock.
     *
     * @param clock what {@code auth_time} is told by; tokens are of the time that it is
     */
    public Provider(Clock clock) {
        this.clock = clock;
        context = new AnnotationConfigServletWebServerApplicationContext();
        Supplier<Provider> self = () -> this;
        context.registerBean(Provider.class, self, definition -> definition.setDestroyMethodName(""));
        context.register(Server.class);
        context.refresh();
    }

    private static RSAKey key() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its address, which is also what it calls itself. */
    public String issuer() {
        return "http://localhost:"
                + Objects.requireNonNull(context.getWebServer()).getPort();
    }

    /**
     * What Boot needs to know of it.
     *
     * @param registration how the application calls it
     */
    public Map<String, String> settings(String registration) {
        String client = "spring.security.oauth2.client.registration." + registration + ".";
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spring.security.oauth2.client.provider." + registration + ".issuer-uri", issuer());
        settings.put(client + "client-id", CLIENT);
        settings.put(client + "client-secret", SECRET);
        settings.put(client + "scope", "openid,profile,email");
        return settings;
    }

    /**
     * Somebody who signs in with a name and {@value #SECRET}; whoever had the name or the subject before is gone.
     *
     * @param more claims of the ID token, like {@code email} or {@code groups}
     */
    public void put(String name, String subject, Map<String, Object> more) {
        subjects.put(name, subject);
        claims.put(subject, Map.copyOf(more));
    }

    /** Whether it asks for the password again when {@code prompt=login} or {@code max_age} say so; it does unless told otherwise. */
    public void obeysPrompt(boolean obeys) {
        this.obeysPrompt = obeys;
    }

    /** Whether its ID tokens say when the password was given; they do unless told otherwise. */
    public void tellsAuthTime(boolean tells) {
        this.tellsAuthTime = tells;
    }

    /** What it posts to an application, as {@code logout_token}, when somebody has signed out elsewhere. */
    public String logoutToken(String subject) {
        Instant now = Instant.now();
        JwtClaimsSet content = JwtClaimsSet.builder()
                .issuer(issuer())
                .audience(List.of(CLIENT))
                .subject(subject)
                .id(UUID.randomUUID().toString())
                .issuedAt(now)
                .expiresAt(now.plusSeconds(120))
                .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()))
                .build();
        JwsHeader header =
                JwsHeader.with(SignatureAlgorithm.RS256).type("logout+jwt").build();
        return new NimbusJwtEncoder(new ImmutableJWKSet<>(new JWKSet(KEY)))
                .encode(JwtEncoderParameters.from(header, content))
                .getTokenValue();
    }

    /** Ends it, as in an outage. */
    @Override
    public void close() {
        context.close();
    }

    private User user(String name) {
        String subject = subjects.get(name);
        if (subject == null) {
            throw new UsernameNotFoundException("unknown");
        }
        return new Person(subject, clock.instant());
    }

    /** Somebody, and when they signed in: everybody is asked for anew then. */
    private static final class Person extends User {

        private static final long serialVersionUID = 1L;

        private final Instant at;

        Person(String subject, Instant at) {
            super(subject, "{noop}" + SECRET, List.of());
            this.at = at;
        }
    }

    private void customize(JwtEncodingContext token) {
        if (!"id_token".equals(token.getTokenType().getValue())) {
            return;
        }
        Authentication who = Objects.requireNonNull(token.getPrincipal());
        token.getClaims().claims(all -> {
            all.putAll(claims.getOrDefault(who.getName(), Map.of()));
            all.remove("auth_time");
            if (tellsAuthTime && who.getPrincipal() instanceof Person person) {
                all.put("auth_time", person.at.getEpochSecond());
            }
        });
    }

    /** Forgets a sign-in that is too old for what is asked, once for each question: Spring's server does not look at it. */
    private void forget(ServletRequest asked, ServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        HttpSession session = ((HttpServletRequest) asked).getSession(false);
        String key = HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY;
        if (obeysPrompt
                && session != null
                && asked.getParameter("state") != null
                && session.getAttribute(key) instanceof SecurityContextImpl context
                && context.getAuthentication() != null
                && isTooOld(context.getAuthentication(), asked)
                && session.getAttribute("asked " + asked.getParameter("state")) == null) {
            session.setAttribute("asked " + asked.getParameter("state"), true);
            session.removeAttribute(key);
        }
        chain.doFilter(asked, answer);
    }

    private boolean isTooOld(Authentication who, ServletRequest asked) {
        String age = asked.getParameter("max_age");
        return "login".equals(asked.getParameter("prompt"))
                || age != null
                        && !(who.getPrincipal() instanceof Person person
                                && clock.instant().isBefore(person.at.plusSeconds(Long.parseLong(age) + 1)));
    }

    /** Nothing is found by itself, so that it is the same whatever else a test has on its class path. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Server {

        @Bean
        TomcatServletWebServerFactory container() {
            TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
            Session session = new Session();
            session.getCookie().setName("PROVIDER" + UUID.randomUUID()); // cookies are of a host, whatever the port
            factory.setSession(session);
            factory.setRegisterDefaultServlet(true); // or no filter is asked
            return factory;
        }

        @Bean
        SecurityFilterChain everything(HttpSecurity http, Provider provider) {
            return http.oauth2AuthorizationServer(server -> server.oidc(oidc ->
                                    oidc.logoutEndpoint(logout -> logout.authenticationProviders(Server::trust)))
                            .authorizationEndpoint(codes -> codes.authenticationProviders(Server::trust)))
                    .oauth2ResourceServer(infos -> infos.jwt(jwt -> {}))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(form -> {})
                    .addFilterBefore((Filter) provider::forget, SecurityContextHolderFilter.class)
                    .build();
        }

        private static void trust(List<AuthenticationProvider> providers) {
            for (AuthenticationProvider one : providers) {
                if (one instanceof OAuth2AuthorizationCodeRequestAuthenticationProvider codes) {
                    codes.setAuthenticationValidator(asked -> {});
                } else if (one instanceof OidcLogoutAuthenticationProvider logout) {
                    logout.setAuthenticationValidator(asked -> {});
                }
            }
        }

        @Bean
        RegisteredClientRepository clients() {
            return new InMemoryRegisteredClientRepository(RegisteredClient.withId(CLIENT)
                    .clientId(CLIENT)
                    .clientSecret("{noop}" + SECRET)
                    .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                    .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                    .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                    .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                    .redirectUri("http://localhost/anywhere")
                    .scope("openid")
                    .scope("profile")
                    .scope("email")
                    .clientSettings(ClientSettings.builder()
                            .requireAuthorizationConsent(false)
                            .requireProofKey(false)
                            .build())
                    .build());
        }

        @Bean
        AuthorizationServerSettings settings() {
            return AuthorizationServerSettings.builder().build();
        }

        @Bean
        UserDetailsService people(Provider provider) {
            return provider::user;
        }

        @Bean
        JWKSource<SecurityContext> keys() {
            return new ImmutableJWKSet<>(new JWKSet(KEY));
        }

        @Bean
        JwtDecoder decoder() throws JOSEException {
            return NimbusJwtDecoder.withPublicKey(KEY.toRSAPublicKey()).build();
        }

        @Bean
        OAuth2TokenCustomizer<JwtEncodingContext> customizer(Provider provider) {
            return provider::customize;
        }
    }
}
