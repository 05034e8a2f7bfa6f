package dev.sanctum4j.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.serializer.support.DeserializingConverter;
import org.springframework.core.serializer.support.SerializingConverter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;

/** Lets time pass since people proved who they are: as our note has it, and as the factors of their sign-in do. */
final class OldProofs {

    private static final Duration AGE = Duration.ofMinutes(16);
    private static final String CHANGE =
            "update sanctum_session_attributes set attribute_bytes = ? where attribute_name = ?";

    private OldProofs() {}

    /** Of everybody who is signed in. Returns of how many sessions. */
    static int inAllSessions(JdbcTemplate jdbc) {
        Instant then = Instant.now().minus(AGE);
        List<Map<String, Object>> contexts = jdbc.queryForList(
                "select session_primary_id, attribute_bytes from sanctum_session_attributes where attribute_name = ?",
                "SPRING_SECURITY_CONTEXT");
        for (Map<String, Object> row : contexts) {
            SecurityContext context =
                    (SecurityContext) new DeserializingConverter().convert((byte[]) row.get("attribute_bytes"));
            Authentication signedIn = Objects.requireNonNull(context.getAuthentication());
            Authentication old = signedIn.toBuilder()
                    .authorities(all -> {
                        List<GrantedAuthority> aged =
                                all.stream().map(one -> old(one, then)).toList();
                        all.clear();
                        all.addAll(aged);
                    })
                    .build();
            jdbc.update(
                    CHANGE + " and session_primary_id = ?",
                    new SerializingConverter().convert(new SecurityContextImpl(old)),
                    "SPRING_SECURITY_CONTEXT",
                    row.get("session_primary_id"));
        }
        return jdbc.update(
                CHANGE, new SerializingConverter().convert(then.getEpochSecond()), "sanctum.password_confirmed_at");
    }

    private static GrantedAuthority old(GrantedAuthority one, Instant then) {
        return one instanceof FactorGrantedAuthority factor
                ? FactorGrantedAuthority.withAuthority(factor.getAuthority())
                        .issuedAt(then)
                        .build()
                : one;
    }
}
