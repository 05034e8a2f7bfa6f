package dev.sanctum4j.server.provider;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;

/** Somebody whom the provider has signed in is not let in here. The page has a sentence for each code. */
final class Refused extends OAuth2AuthenticationException {

    private static final long serialVersionUID = 1L;

    private Refused(String code) {
        super(new OAuth2Error(code));
    }

    /** Neither a domain, nor a group, nor an invitation lets the person in. */
    static Refused notAllowed() {
        return new Refused("not-allowed");
    }

    /** Another account has the address: only who is signed in to it can say that both are one person. */
    static Refused addressTaken() {
        return new Refused("address-taken");
    }

    /** The person signs in to another account already. */
    static Refused connectedElsewhere() {
        return new Refused("connected-elsewhere");
    }

    /** What was begun here is over: an invitation, or the session that wanted to connect. */
    static Refused over() {
        return new Refused("over");
    }

    static Refused disabled() {
        return new Refused("disabled");
    }

    /** What the page is told of a sign-in that failed: nothing that the provider could choose. */
    static String code(AuthenticationException failure) {
        if (failure instanceof Refused refused) {
            return refused.getError().getErrorCode();
        }
        boolean said = failure instanceof OAuth2AuthenticationException told
                && told.getError().getErrorCode().equals("access_denied");
        return said ? "denied" : "failed";
    }
}
