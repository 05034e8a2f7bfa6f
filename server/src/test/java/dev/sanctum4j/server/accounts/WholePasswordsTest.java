package dev.sanctum4j.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** R2: whether there is an account cannot be told by the time that a wrong password takes. */
class WholePasswordsTest {

    private static final String FOUR = new BCryptPasswordEncoder(4).encode("right");
    private static final String FIVE = new BCryptPasswordEncoder(5).encode("right");
    private static final String SEVEN =
            "$2y" + new BCryptPasswordEncoder(7).encode("right").substring(3);

    /** BCrypt that counts its rounds: two to the power of the cost, for each hash that can be one. */
    private static final class Counting implements PasswordEncoder {
        private static final Pattern COST = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./0-9A-Za-z]{53}");
        private final PasswordEncoder encoder = new BCryptPasswordEncoder(4);
        private int rounds;

        @Override
        public @Nullable String encode(@Nullable CharSequence password) {
            return encoder.encode(password);
        }

        @Override
        public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
            Matcher matcher = COST.matcher(String.valueOf(hash));
            if (matcher.matches()) {
                rounds += 1 << Integer.parseInt(matcher.group(1));
            }
            return encoder.matches(password, hash);
        }
    }

    private final Counting bcrypt = new Counting();

    private int roundsOf(PasswordEncoder encoder, String password, String hash) {
        bcrypt.rounds = 0;
        encoder.matches(password, hash);
        return bcrypt.rounds;
    }

    private static UserDetails person(String name, String hash, boolean enabled) {
        return User.withUsername(name).password(hash).disabled(!enabled).build();
    }

    @Test
    void everyRefusalTakesTheRoundsOfTheCostliestHash() {
        Map<String, UserDetails> people = Map.of(
                "laravel", person("laravel", SEVEN, true),
                "older", person("older", FOUR, true),
                "disabled", person("disabled", FIVE, false),
                "nothing", person("nothing", "null", true),
                "damaged", person("damaged", SEVEN.substring(1), true));
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(name -> {
            UserDetails found = people.get(name);
            if (found == null) {
                throw UsernameNotFoundException.fromUsername(name);
            }
            return User.withUserDetails(found).build();
        });
        provider.setPasswordEncoder(new WholePasswords(bcrypt, false, () -> 7));

        for (String password : List.of("wrong", "x".repeat(100))) {
            for (String name : List.of("nobody", "laravel", "older", "disabled", "nothing", "damaged")) {
                bcrypt.rounds = 0;
                assertThatThrownBy(() -> provider.authenticate(
                                UsernamePasswordAuthenticationToken.unauthenticated(name, password)))
                        .isInstanceOf(AuthenticationException.class);
                assertThat(bcrypt.rounds).as(name).isEqualTo(1 << 7);
            }
        }
        bcrypt.rounds = 0;
        assertThat(provider.authenticate(UsernamePasswordAuthenticationToken.unauthenticated("older", "right"))
                        .isAuthenticated())
                .isTrue();
        assertThat(bcrypt.rounds).as("a success").isEqualTo(1 << 7);
    }

    @Test
    void costIsLearntFromWhatIsStoredAndFromWhatIsSeen() {
        AtomicInteger asked = new AtomicInteger();
        PasswordEncoder encoder = new WholePasswords(bcrypt, true, () -> {
            asked.incrementAndGet();
            return 5;
        });

        assertThat(roundsOf(encoder, "wrong", FOUR)).isEqualTo(1 << 5);
        assertThat(roundsOf(encoder, "wrong", SEVEN)).isEqualTo(1 << 7);
        assertThat(roundsOf(encoder, "wrong", FOUR)).isEqualTo(1 << 7);
        assertThat(asked).hasValue(1);
    }

    @Test
    void oneCostForAllIsNoMoreWorkThanBefore() {
        PasswordEncoder encoder = new WholePasswords(bcrypt, true, () -> 4);

        assertThat(roundsOf(encoder, "right", FOUR)).isEqualTo(1 << 4);
    }

    /** One hash of somebody's mistake does not slow everybody down. */
    @Test
    void costsBeyondTheLimitAreTheirOwn() {
        PasswordEncoder encoder = new WholePasswords(bcrypt, true, () -> 31);

        assertThat(encoder.matches("", FOUR)).isFalse(); // without a password nothing is compared
        assertThat(encoder).hasToString("WholePasswords[cost=" + WholePasswords.MAX_COST + "]");
    }

    @Test
    void passwordCountsToItsLastByte() {
        PasswordEncoder encoder = new WholePasswords(bcrypt, true, () -> 4);
        String longest = "x".repeat(WholePasswords.MAX_BYTES);
        String hash = String.valueOf(encoder.encode(longest));

        assertThat(encoder.matches(longest, hash)).isTrue();
        assertThat(encoder.matches(longest + "y", hash)).isFalse();
        assertThat(encoder.matches("right", FOUR)).isTrue();
        assertThat(encoder.matches("right", SEVEN)).isTrue();
        assertThat(encoder.matches("wrong", SEVEN)).isFalse();
    }

    @Test
    void costIsReadFromHashesOfBCryptOnly() {
        assertThat(WholePasswords.cost(SEVEN)).isEqualTo(7);
        assertThat(WholePasswords.cost("{bcrypt}" + FIVE)).isEqualTo(5);
        for (String other : List.of("", "null", "{noop}right", "$2y$12$short", "$argon2id$v=19$m=65536,t=4,p=1$a$b")) {
            assertThat(WholePasswords.cost(other)).as(other).isZero();
        }
        assertThat(WholePasswords.cost(null)).isZero();
    }
}
