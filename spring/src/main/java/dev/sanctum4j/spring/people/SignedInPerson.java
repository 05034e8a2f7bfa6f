package dev.sanctum4j.spring.people;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a provider says of somebody who is signing in; see {@link Person}. */
record SignedInPerson(
        Identity identity,
        String name,
        @Nullable String displayName,
        @Nullable String email,
        List<String> authorities) {}
