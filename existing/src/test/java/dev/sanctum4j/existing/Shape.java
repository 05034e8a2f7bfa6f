package dev.sanctum4j.existing;

import com.example.shapes.AnyRequestChain;
import com.example.shapes.BootResourceServer;
import com.example.shapes.OurPaths;
import com.example.shapes.ResourceServer;
import com.example.shapes.ServletPath;
import com.example.shapes.SinglePageChain;
import com.example.shapes.TwoChains;
import com.example.shop.ShopApplication;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The same application as several people would have secured it, and where its paths begin. */
enum Shape {
    /** One chain for everything, with a form. */
    ANY_REQUEST(AnyRequestChain.class, "", ""),
    /** Two chains, and paths without one. */
    TWO_CHAINS(TwoChains.class, "", ""),
    /** None: what Boot does by default. */
    NO_CHAIN(ShopApplication.class, "", ""),
    /** Takes JWTs. */
    RESOURCE_SERVER(ResourceServer.class, "", ""),
    /** None, and JWTs: what Boot does for a resource server. */
    BOOT_RESOURCE_SERVER(BootResourceServer.class, "", ""),
    /** None, and people sign in elsewhere: what Boot does for a client. Nobody is asked before somebody is sent there. */
    BOOT_CLIENT(ShopApplication.class, Constants.CLIENT, ""),
    /** Both: Boot's for the client wins. */
    BOOT_CLIENT_AND_RESOURCE_SERVER(BootResourceServer.class, Constants.CLIENT, ""),
    /** Keeps its sessions in its database. */
    SPRING_SESSION(SinglePageChain.class, "spring.autoconfigure.exclude=", ""),
    /** MVC below a servlet path. */
    SERVLET_PATH(ServletPath.class, "spring.mvc.servlet.path=/app", "/app"),
    /** Everything below a context path, with a cookie of its own name. */
    CONTEXT_PATH(
            AnyRequestChain.class,
            "server.servlet.context-path=/shop server.servlet.session.cookie.name=SHOP",
            "/shop"),
    /** Has classes and beans of all names that we have, and routes of our paths: see {@link Names}. */
    OUR_NAMES(OurPaths.class, "", "");

    /** Where there are no enum constants yet. */
    private static final class Constants {
        static final String CLIENT = "spring.security.oauth2.client.registration.shop.provider=office"
                + " spring.security.oauth2.client.registration.shop.client-id=shop"
                + " spring.security.oauth2.client.registration.shop.client-secret=secret"
                + " spring.security.oauth2.client.registration.shop.authorization-grant-type=authorization_code"
                + " spring.security.oauth2.client.registration.shop.redirect-uri={baseUrl}/login/oauth2/code/{registrationId}"
                + " spring.security.oauth2.client.provider.office.authorization-uri=http://localhost:1/authorize"
                + " spring.security.oauth2.client.provider.office.token-uri=http://localhost:1/token"
                + " spring.security.oauth2.client.provider.office.user-info-uri=http://localhost:1/user"
                + " spring.security.oauth2.client.provider.office.user-name-attribute=sub";
    }

    private final Class<?> chain;
    private final String properties;
    private final String prefix;

    Shape(Class<?> chain, String properties, String prefix) {
        this.chain = chain;
        this.properties = properties;
        this.prefix = prefix;
    }

    /** As files are named. */
    String file() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<Class<?>> sources() {
        return Stream.of(ShopApplication.class, chain).distinct().collect(Collectors.toList());
    }

    Map<String, String> properties() {
        return Stream.of(properties.split(" ", -1))
                .filter(property -> !property.isEmpty())
                .collect(Collectors.toMap(
                        property -> property.substring(0, property.indexOf('=')),
                        property -> property.substring(property.indexOf('=') + 1)));
    }

    String prefix() {
        return prefix;
    }

    /** Where its form is. */
    String signIn() {
        return prefix + (hasOwnPage() ? "/signin" : "/login");
    }

    String signOut() {
        return prefix + (hasOwnPage() ? "/signout" : "/logout");
    }

    private boolean hasOwnPage() {
        return this == TWO_CHAINS || this == SERVLET_PATH;
    }
}
