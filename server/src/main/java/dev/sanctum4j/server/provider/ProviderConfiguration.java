package dev.sanctum4j.server.provider;

import dev.sanctum4j.server.accounts.OidcProperties;
import dev.sanctum4j.server.accounts.ProviderSignIn;
import dev.sanctum4j.server.web.AuditEvent;
import dev.sanctum4j.spring.http.Outage;
import dev.sanctum4j.spring.http.Problem;
import dev.sanctum4j.spring.http.ProblemException;
import dev.sanctum4j.spring.http.ProblemWriter;
import dev.sanctum4j.spring.spa.SessionThrottle;
import dev.sanctum4j.spring.spa.Sessions;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.core.converter.ClaimTypeConverter;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/** Sign-in by a provider, where one is set. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnProvider.class)
class ProviderConfiguration {

    /** Where people go who want to sign in by the provider: Spring Security's own path, below which clients of OAuth ask as well. */
    static final String DOOR = OAuth2AuthorizationRequestRedirectFilter.DEFAULT_AUTHORIZATION_REQUEST_BASE_URI;

    private static final String BACK = "/login/oauth2/code/";
    private static final String SIGNED_OUT = "/logout/connect/back-channel/";
    private static final String HOME = "/settings/tokens";

    /** A path of this host: with two slashes in the beginning, or one that leans, it would be another one. */
    private static final Pattern LOCAL = Pattern.compile("/(?!/)[\\x21-\\x7e&&[^\\\\]]{0,1999}");

    private static final String SAVED_REQUEST = "SPRING_SECURITY_SAVED_REQUEST";

    /** How long somebody may take at the provider. */
    private static final Duration MEANT = Duration.ofMinutes(10);

    /** A provider that hangs keeps nobody waiting for longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Bean
    Registration providerRegistration(OidcProperties settings, Clock clock) {
        return new Registration(settings, clock);
    }

    /** What is asked of the provider, it is asked once: no token of its is kept. */
    @Bean
    OAuth2AuthorizedClientRepository noProviderTokens() {
        return new OAuth2AuthorizedClientRepository() {
            @Override
            @SuppressWarnings("TypeParameterUnusedInFormals") // Spring's signature
            public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
                    String registration, Authentication principal, HttpServletRequest request) {
                return null;
            }

            @Override
            public void saveAuthorizedClient(
                    OAuth2AuthorizedClient client,
                    Authentication principal,
                    HttpServletRequest request,
                    HttpServletResponse response) {}

            @Override
            public void removeAuthorizedClient(
                    String registration,
                    Authentication principal,
                    HttpServletRequest request,
                    HttpServletResponse response) {}
        };
    }

    @Bean
    ProviderSignOuts providerSignOuts(OidcProperties settings, ProviderSignIn accounts, Sessions sessions) {
        return new ProviderSignOuts(settings, accounts, sessions);
    }

    private static JdkClientHttpRequestFactory patient() {
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
                HttpClient.newBuilder().connectTimeout(PATIENCE).build());
        requests.setReadTimeout(PATIENCE);
        return requests;
    }

    /** As Spring Security's own, which waits for ever: one for each registration, for it keeps the provider's keys. */
    @Bean
    JwtDecoderFactory<ClientRegistration> idTokens() {
        Map<String, JwtDecoder> made = new ConcurrentHashMap<>();
        return registration ->
                made.computeIfAbsent(registration.getRegistrationId(), any -> decodingIdTokensOf(registration));
    }

    private static JwtDecoder decodingIdTokensOf(ClientRegistration registration) {
        NimbusJwtDecoder decoder = patientlyDecoding(registration);
        decoder.setClaimSetConverter(
                new ClaimTypeConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverters()));
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtTimestampValidator(), new OidcIdTokenValidator(registration)));
        return decoder;
    }

    private static NimbusJwtDecoder patientlyDecoding(ClientRegistration registration) {
        return NimbusJwtDecoder.withJwkSetUri(
                        String.valueOf(registration.getProviderDetails().getJwkSetUri()))
                .restOperations(new RestTemplate(patient()))
                .build();
    }

    private static OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> codes() {
        RestClientAuthorizationCodeTokenResponseClient codes = new RestClientAuthorizationCodeTokenResponseClient();
        codes.setRestClient(RestClient.builder()
                .requestFactory(patient())
                .configureMessageConverters(converters -> converters
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build());
        return codes;
    }

    private static OidcUserService userInfo() {
        DefaultOAuth2UserService more = new DefaultOAuth2UserService();
        RestTemplate requests = new RestTemplate(patient());
        requests.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        more.setRestOperations(requests);
        OidcUserService people = new OidcUserService();
        people.setOauth2UserService(more);
        return people;
    }

    @Bean
    @Order(1) // before what takes all below /oauth2
    SecurityFilterChain provider(
            HttpSecurity http,
            Registration registration,
            OidcProperties settings,
            ProviderSignIn accounts,
            ProviderSignOuts signOuts,
            ProblemWriter problems,
            SessionThrottle sessions,
            Clock clock,
            ApplicationEventPublisher events) {
        if (settings.backChannelLogout()) {
            http.oidcLogout(logout -> logout.backChannel(told -> told.logoutHandler(signOuts)));
        }
        return http.securityMatcher(DOOR + "/*", BACK + "*", SIGNED_OUT + "*")
                .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable) // the state that the provider brings back is the proof
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .addFilterBefore(
                        new Door(registration, problems, sessions), CorsFilter.class) // before what hears of sign-outs
                .oauth2Login(login -> login.loginPage("/login")
                        .authorizationEndpoint(door -> door.authorizationRequestRepository(new ShortSessions()))
                        .redirectionEndpoint(back -> back.baseUri(BACK + "*"))
                        .tokenEndpoint(token -> token.accessTokenResponseClient(codes()))
                        .userInfoEndpoint(
                                info -> info.oidcUserService(new ProviderPeople(userInfo(), settings, accounts, clock)))
                        .successHandler(back())
                        .failureHandler((request, response, failure) -> {
                            String code = Refused.code(failure);
                            events.publishEvent(AuditEvent.of("provider_refused", code));
                            response.sendRedirect("/login?problem=" + code);
                        }))
                .build();
    }

    /** To where somebody was going. */
    private static SavedRequestAwareAuthenticationSuccessHandler back() {
        SavedRequestAwareAuthenticationSuccessHandler back = new SavedRequestAwareAuthenticationSuccessHandler();
        back.setDefaultTargetUrl(HOME);
        return back;
    }

    /** In the session, which is a short one if it was made for this: whoever likes can begin to sign in. */
    private static final class ShortSessions implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

        private final HttpSessionOAuth2AuthorizationRequestRepository sessions =
                new HttpSessionOAuth2AuthorizationRequestRepository();

        @Override
        public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
            return sessions.loadAuthorizationRequest(request);
        }

        @Override
        public void saveAuthorizationRequest(
                OAuth2AuthorizationRequest asked, HttpServletRequest request, HttpServletResponse response) {
            if (request.getSession(false) == null) {
                request.getSession().setMaxInactiveInterval((int) MEANT.toSeconds());
            }
            String to = request.getParameter("to");
            if (to != null && LOCAL.matcher(to).matches()) {
                request.getSession().setAttribute(SAVED_REQUEST, new SimpleSavedRequest(to));
            }
            sessions.saveAuthorizationRequest(Purpose.into(asked, request), request, response);
        }

        @Override
        public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
                HttpServletRequest request, HttpServletResponse response) {
            OAuth2AuthorizationRequest asked = sessions.removeAuthorizationRequest(request, response);
            Purpose.answered(asked, request);
            return asked;
        }
    }

    /**
     * 503 while the provider cannot be asked: where it is, or whether it has signed what is told in its name. 429 for whoever would get
     * too many sessions: what asks the provider calls whatever is thrown there a fault of ours.
     */
    private static final class Door extends OncePerRequestFilter {

        private static final RequestMatcher BEGINS =
                PathPatternRequestMatcher.pathPattern(DOOR + "/" + Registration.ID);

        private final Registration registration;
        private final ProblemWriter problems;
        private final SessionThrottle sessions;
        private volatile @Nullable JwtDecoder signatures;

        Door(Registration registration, ProblemWriter problems, SessionThrottle sessions) {
            this.registration = registration;
            this.problems = problems;
            this.sessions = sessions;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            try {
                ClientRegistration known = Objects.requireNonNull(registration.findByRegistrationId(Registration.ID));
                String told = request.getMethod().equals("POST")
                                && request.getRequestURI().startsWith(request.getContextPath() + SIGNED_OUT)
                        ? request.getParameter("logout_token")
                        : null;
                if (told != null) {
                    askForKeys(known, told);
                }
                if (BEGINS.matches(request)) {
                    sessions.check(request);
                }
                chain.doFilter(request, response);
            } catch (ProblemException e) {
                problems.write(response, e);
            } catch (RuntimeException e) {
                if (response.isCommitted() || !(e instanceof AuthenticationServiceException || Outage.is(e))) {
                    throw e;
                }
                problems.write(response, away());
            }
        }

        /** Before Spring Security does, which waits for half a minute and then calls it a fault of ours. What is wrong is for it to say. */
        private void askForKeys(ClientRegistration known, String told) {
            JwtDecoder decoder = signatures;
            if (decoder == null) {
                NimbusJwtDecoder made = patientlyDecoding(known);
                made.setJwtValidator(any -> OAuth2TokenValidatorResult.success());
                decoder = made;
                signatures = made;
            }
            try {
                var unused = decoder.decode(told);
            } catch (BadJwtException e) {
                return;
            } catch (JwtException e) {
                throw new ProblemException(away());
            }
        }

        private static Problem away() {
            return Problem.unavailable("The provider cannot be asked at the moment.");
        }
    }
}
