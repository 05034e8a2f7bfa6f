package dev.sanctum4j.spring.spa;

import dev.sanctum4j.Internal;
import java.net.URI;
import java.util.Optional;
import org.springframework.security.core.Authentication;

/** Where else somebody is signed in, so that a page can lead them there after it has signed them out here; a bean of a feature. */
@Internal
public interface SignOutElsewhere {

    /** The address that ends it; empty if there is none. */
    Optional<URI> of(Authentication who);
}
