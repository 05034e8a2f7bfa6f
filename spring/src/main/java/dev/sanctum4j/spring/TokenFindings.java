package dev.sanctum4j.spring;

import dev.sanctum4j.Verdict;
import dev.sanctum4j.spring.http.Diagnosis.Finding;
import org.jspecify.annotations.Nullable;

/** Why a token, or what it may be used for, did not let a request through, in words. */
final class TokenFindings {

    private TokenFindings() {}

    static Finding malformedBearer() {
        return new Finding(
                "The Authorization header is not 'Bearer', one space and one token.",
                "Send the token exactly as it was shown, without quotes or commas.");
    }

    static Finding twoHeaders() {
        return new Finding(
                "Two Authorization headers were sent.",
                "Send one; look for a proxy or an interceptor that adds its own.");
    }

    static Finding unproved() {
        return new Finding(
                "A session of the application asked, with neither Sec-Fetch-Site: same-origin, nor an Origin of this host, nor the"
                        + " CSRF token of its filter chain.",
                "Send the token in the header that the chain reads; a page finds both in the meta tags _csrf and _csrf_header.");
    }

    static Finding admissionRule() {
        return new Finding("An AdmissionRule of the application refused the token.", "Look at its rules.");
    }

    static Finding asleep() {
        return new Finding(
                "The token's owner is asleep: no provider has signed the owner in for longer than sanctum.owners.seen-within.",
                "Sign in again by the provider; the token is good from then on.");
    }

    static Finding token(Verdict.Reason reason) {
        return switch (reason) {
            case MALFORMED ->
                new Finding("This is not a token: its form or its checksum is wrong.", "Copy the whole token again.");
            case UNKNOWN ->
                new Finding(
                        "No such token is stored.",
                        "Look whether it was issued by this application and this database.");
            case REVOKED -> new Finding("The token was revoked.", "Issue another one.");
            case EXPIRED ->
                new Finding(
                        "The token has expired, by its own expiry or by sanctum.token.max-age.", "Issue another one.");
            case OWNER ->
                new Finding(
                        "The token's owner is unknown to every OwnerLoader, disabled, or younger than the token; or this"
                                + " filter chain takes other owner types.",
                        "Look at the account, at OwnerLoader.type() and at ownerTypes(...).");
        };
    }

    static Finding forbidden(@Nullable String detail) {
        return new Finding(
                detail == null ? "Whoever is signed in may not do this." : detail,
                "Issue a token with the ability, or give its owner the role; a narrowed token carries no roles.");
    }
}
