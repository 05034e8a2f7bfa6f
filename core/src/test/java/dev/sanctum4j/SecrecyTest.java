package dev.sanctum4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R35, R36: a secret must be asked for by name. */
class SecrecyTest {

    private static final Owner ADA = Owner.of("user", 1);
    private static final NewToken MADE = Tokens.of(new InMemoryTokenStore()).issue(TokenRequest.of(ADA, "ci", "*"));
    private static final String TEXT = MADE.plainText().reveal();
    private static final SecretHash HASH = SecretHash.of(TEXT);
    private static final String HINT = "h1nt";
    private static final TokenDraft DRAFT =
            new TokenDraft(ADA, "ci", Abilities.ALL, HASH, Instant.EPOCH, null, null, null, Map.of(), null, HINT);

    static Stream<Object> holders() {
        return Stream.of(
                MADE,
                MADE.plainText(),
                HASH,
                new StoredToken(MADE.token(), HASH),
                DRAFT,
                new TokenFormat.Presented(1, HASH));
    }

    @ParameterizedTest
    @MethodSource("holders")
    void whatHoldsASecretPrintsStars(Object holder) {
        assertThat(holder.toString())
                .contains("[***]")
                .doesNotContain(
                        TEXT,
                        TEXT.substring(4, 20),
                        HINT,
                        HASH.toHex(),
                        HASH.toHex().substring(0, 8))
                .doesNotContain(Integer.toString(HASH.hashCode()));
    }

    @ParameterizedTest
    @MethodSource("holders")
    void whatHoldsASecretIsNotSerialized(Object holder) throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(holder)).isInstanceOf(NotSerializableException.class);
        }
    }

    /** What goes to listeners, gateways and logs is this record, and it does not have the end of the text either. */
    @Test
    void noTokenTellsHowItsTextEnds() {
        InMemoryTokenStore store = new InMemoryTokenStore();
        AccessToken stored = store.insert(DRAFT).orElseThrow();

        assertThat(store.hints(List.of(stored.id()))).isEqualTo(Map.of(stored.id(), HINT));
        assertThat(Arrays.stream(AccessToken.class.getRecordComponents()).map(component -> component.getName()))
                .doesNotContain("hint");
        assertThat(stored + " " + store.findById(stored.id())).doesNotContain(HINT);
    }

    /** So that JSON libraries, which look for properties, find none. */
    @Test
    void plainTextHasNoPropertyAndNoPublicField() {
        assertThat(PlainTextToken.class.getFields()).isEmpty();
        assertThat(Arrays.stream(PlainTextToken.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(method -> method.getName()))
                .containsExactlyInAnyOrder("reveal", "toString");
    }

    @Test
    void exceptionsDoNotRepeatWhatWasPresented() {
        Tokens broken = Tokens.of(new InMemoryTokenStore());
        NewToken made = broken.issue(TokenRequest.of(ADA, "ci"));
        StringWriter trace = new StringWriter();

        for (String text :
                List.of(made.plainText().reveal(), "1|" + made.plainText().reveal())) {
            assertThatThrownBy(() -> broken.authenticate(text, null, token -> {
                        throw new IllegalStateException("refused " + token);
                    }))
                    .satisfies(e -> e.printStackTrace(new PrintWriter(trace)));
        }

        assertThat(trace.toString()).doesNotContain(made.plainText().reveal());
    }

    /** The same secret twice means that the source of random bytes is broken, and the message must not show it. */
    @Test
    void doubledSecretIsAnErrorWithoutTheSecret() {
        TokenStore store = new InMemoryTokenStore();
        TokenDraft draft = new TokenDraft(ADA, "ci", Abilities.ALL, HASH, Instant.EPOCH, null, null, Map.of());
        store.insert(draft);

        assertThatThrownBy(() -> store.insert(draft))
                .isInstanceOf(TokenStoreException.class)
                .hasMessage("a token with this secret exists already");
    }
}
