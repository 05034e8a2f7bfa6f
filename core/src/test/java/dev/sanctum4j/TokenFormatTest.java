package dev.sanctum4j;

import static dev.sanctum4j.Verdict.Reason.MALFORMED;
import static dev.sanctum4j.Verdict.Reason.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sanctum4j.Verdict.Accepted;
import dev.sanctum4j.Verdict.Reason;
import dev.sanctum4j.Verdict.Rejected;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFormatTest {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHANCE = "0123456789abcdefghijABCDEFGHIJ0123456789";
    private static final String OURS = "pat_" + CHANCE + "13GcXI";
    private static final Owner ADA = Owner.of("user", 1);

    private final SecureRandom random = new SecureRandom();
    private final RecordingStore store = new RecordingStore();
    private final Tokens tokens = Tokens.of(store);

    // ---- What is issued

    @Test
    void issuedTokenIsPrefixThenFortyRandomCharactersThenSixOfChecksum() {
        String text = issue(TokenFormat.standard());

        assertThat(text).matches("pat_[0-9A-Za-z]{46}");
        assertThat(text).endsWith(base62(crc(text.substring(0, 44))));
    }

    @Test
    void longestPrefixStillFitsOneBlockOfSha256() {
        String text = issue(TokenFormat.prefixed("abcdefg8"));

        assertThat(text).matches("abcdefg8_[0-9A-Za-z]{46}");
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(55);
    }

    @Test
    void laravelFormIsIdThenPrefixThenRandomTextThenChecksumOfThatAlone() {
        String text = issue(TokenFormat.laravel("acme_"));

        assertThat(text).matches("1\\|acme_[0-9A-Za-z]{40}[0-9a-f]{8}");
        assertThat(text).endsWith("%08x".formatted(crc(text.substring(7, 47))));
        assertThat(issue(TokenFormat.laravel(""))).matches("2\\|[0-9A-Za-z]{40}[0-9a-f]{8}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "Pat", "1at", "pa_t", "abcdefgh9", "p\u0430t", "pat\n", "pa t"})
    void prefixOutsideItsGrammarIsRefused(String prefix) {
        assertThatThrownBy(() -> TokenFormat.prefixed(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token prefix must match [a-z][a-z0-9]{1,7}, was '" + prefix + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,b", "a\u00e9", "a\n", "a\u007f"})
    void laravelPrefixThatNoHeaderCarriesIsRefused(String prefix) {
        assertThatThrownBy(() -> TokenFormat.laravel(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "token prefix must have at most 64 printable ASCII characters without spaces and commas, was '"
                                + prefix + "'");
    }

    @Test
    void laravelPrefixLongerThanItsLimitIsRefused() {
        assertThat(issue(TokenFormat.laravel("p".repeat(64)))).contains("|pppp");
        assertThatThrownBy(() -> TokenFormat.laravel("p".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyIssuedFormIsReadBack(TokenFormat form) {
        for (int i = 0; i < 500; i++) {
            NewToken made = issueWith(form);

            assertThat(tokens.authenticate(made.plainText().reveal())).isEqualTo(new Accepted(made.token()));
        }
    }

    static Stream<TokenFormat> forms() {
        return Stream.of(
                TokenFormat.standard(),
                TokenFormat.prefixed("ab"),
                TokenFormat.prefixed("a2345678"),
                TokenFormat.laravel(""),
                TokenFormat.laravel("acme_"),
                TokenFormat.laravel("acme"),
                TokenFormat.laravel("a|b_"));
    }

    // ---- What is read

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "42|0123456789abcdefghijABCDEFGHIJ0123456789fcca43d2, 42, "
                + "db161edd9efc0fa65d8f1da3fd83a0fe62ef7a37e09ecec3164b38a81e77b4ed",
        "42|acme_0123456789abcdefghijABCDEFGHIJ0123456789fcca43d2, 42, "
                + "25bd72953acf1fde8eae78475f5fabc6c6dd84a8b06d0942db4622fff2ba6858",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq330fa70734, 0, "
                + "17900b3abde335843e4aec33c7a4b14c5d8a43ccd55924bc8979ede3b7125058",
        "test, 0, 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "7|test, 7, 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "pat_0123456789abcdefghijABCDEFGHIJ012345678913GcXI, 0, "
                + "ab61eb71509a2584f30d3c08f181269d1020558045a700a4be7ff2aff1379585",
    })
    void knownTokenHasItsIdAndTheHashOfItsSecret(String text, long id, String hash) {
        assertThat(tokens.format().read(text))
                .isEqualTo(new TokenFormat.Presented(id, SecretHash.parse(hash).orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3|vK6I7xGvlolPuSE1e6qJhs6L0Ek8ke0uMRSVl6oV94efd5c9",
                "acme_0123456789abcdefghijABCDEFGHIJ012345678940KjQx",
                "pat_qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq00070004Yqs",
                "5|pat_0123456789abcdefghijABCDEFGHIJ012345678913GcXI",
            })
    void checksumMadeElsewhereHolds(String text) {
        assertThat(tokens.format().read(text)).isNotNull();
    }

    /** R4: what {@code Long.parseLong} would take, and what no {@code long} holds. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "+0",
                "00",
                "01",
                "007",
                "+1",
                "-1",
                "1.0",
                "1e3",
                "0x1",
                "1_0",
                " 1",
                "1 ",
                "1,2",
                "1ABC",
                "\u0661",
                "\uff11",
                "1\u0660",
                "\u00b2",
                "\ud835\udfcf",
                "9223372036854775808",
                "9999999999999999999",
                "10000000000000000000",
                "92233720368547758070",
                "18446744073709551617",
                "1\u0000",
                "\u200b1",
                "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                "01JDEMZ0000000000000000000"
            })
    void idHasOneSpelling(String id) {
        assertRejected(id + "|" + OURS, MALFORMED);
        assertThat(store.calls).isEmpty();
        assertThat(TokenId.parse(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10, 1_000_000_000_000_000_000L, 9_223_372_036_854_775_806L, Long.MAX_VALUE})
    void idUpToTheLargestLongIsLookedUp(long id) {
        assertThat(tokens.format().read(id + "|test"))
                .extracting(TokenFormat.Presented::id)
                .isEqualTo(id);
        assertThat(TokenId.parse(Long.toString(id))).contains(TokenId.of(id));
        assertRejected(id + "|test", UNKNOWN);
    }

    /** R5, B11, B12: rejected, whatever it is, and never an exception. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "|",
                "||",
                "1|",
                "|test",
                "|1|test",
                "1||",
                "1ABC|test",
                "1ABC|",
                "1,2|test",
                "test",
                "0",
                " ",
                "1| ",
                "1|a|b",
                "1|test|",
                "%31%7Ctest",
                "1%7Ctest",
                "1|te\u0000st",
                "\u0000",
                "1|te\r\nst",
                "te\r\nX-Evil: 1",
                "te\u2028st",
                "1|te\u2029st",
                "\ud800",
                "\udc00\ud800",
                "1|te\ud800",
                "te\udfffst",
                "\uFEFFtest",
                "t\u00e9st",
                "\ud83d\ude80",
                "1|\ud83d\ude80",
                "${jndi:ldap://x}",
                "' or 1=1 --",
                "\u202etset",
                "null",
                "undefined"
            })
    void hostileTextIsRejectedWithoutAnException(String text) {
        assertThat(tokens.authenticate(text)).isInstanceOf(Rejected.class);
        assertThat(tokens.authenticate("pat_" + text)).isInstanceOf(Rejected.class);
    }

    @Test
    void megabyteIsRefusedBeforeItIsHashed() {
        assertRejected("x".repeat(1 << 20), MALFORMED);
        assertRejected("1|" + "x".repeat(1 << 20), MALFORMED);
        assertThat(store.calls).isEmpty();
    }

    @Test
    void secretOfLaravelMayContainTheSeparator() {
        insert(SecretHash.of("a|b|"));

        assertThat(tokens.authenticate("1|a|b|")).isInstanceOf(Accepted.class);
        assertRejected("a|b|", MALFORMED);
    }

    @Test
    void halfACharacterIsNotAQuestionMark() {
        insert(SecretHash.of("te?st"));

        assertThat(tokens.authenticate("te?st")).isInstanceOf(Accepted.class);
        assertRejected("te\ud800st", MALFORMED);
        assertRejected("te\udfffst", MALFORMED);
        assertRejected("1|te\udc00st", MALFORMED);
    }

    /** A last digit of 61 and one of -1 behind the next higher digit are one number. */
    @Test
    void halfACharacterIsNoDigitOfAChecksum() {
        String text = IntStream.range(0, 100_000)
                .mapToObj(i -> "pat_" + CHANCE.substring(5) + "%05d".formatted(i))
                .map(secret -> secret + base62(crc(secret)))
                .filter(ours -> ours.matches(".*[0-8]z"))
                .findFirst()
                .orElseThrow();
        int end = text.length() - 2;
        String higher = text.substring(0, end) + (char) (text.charAt(end) + 1);

        assertRejected(text, UNKNOWN);
        assertRejected(higher + "?", UNKNOWN);
        assertRejected(higher + "\ud800", MALFORMED);
    }

    @Test
    void formatTellsOfItsPrefixAndOfWhatHasItsForm() {
        TokenFormat format = TokenFormat.standard().formerly(List.of("acme_", "Acme", "_"));

        assertThat(format.prefix()).isEqualTo("pat_");
        assertThat(TokenFormat.laravel("").prefix()).isEmpty();
        assertThat(format).hasToString("TokenFormat[pat_…]");
        assertThat(TokenFormat.laravel("acme_")).hasToString("TokenFormat[id|acme_…]");
        assertThat(format.isWellFormed(OURS)).isTrue();
        assertThat(format.isWellFormed("pat_" + "0".repeat(46))).isFalse();
        assertThat(format.isWellFormed("acme_" + "0".repeat(46))).isFalse();
        assertThat(format.isWellFormed("Acme_" + "0".repeat(46))).isTrue();
        assertThat(format.isWellFormed("")).isFalse();
    }

    @Test
    void limitCountsBytes() {
        assertRejected("x".repeat(512), UNKNOWN);
        assertRejected("x".repeat(513), MALFORMED);
        assertRejected("1|" + "x".repeat(510), UNKNOWN);
        assertRejected("1|" + "x".repeat(511), MALFORMED);
        assertRejected("\u00e9".repeat(256), UNKNOWN);
        assertRejected("\u00e9".repeat(256) + "x", MALFORMED);
    }

    // ---- R6: the checksum is a filter, never trust

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pat_" + CHANCE + "13GcXJ",
                "pat_" + CHANCE + "zzzzzz",
                "abcdefg8_" + CHANCE + "13GcXI",
                "a2_" + CHANCE + "13GcXI",
                "42|pat_" + CHANCE + "13GcXJ",
                "42|abcdefg8_" + CHANCE + "13GcXI",
            })
    void wrongChecksumAfterAPrefixOfOursIsRefusedBeforeTheStoreIsAsked(String text) {
        Tokens renamed = Tokens.builder(store)
                .format(TokenFormat.prefixed("abcdefg8").formerly(List.of("pat", "a2_", "ACME_", "")))
                .build();

        assertThat(renamed.authenticate(text)).isEqualTo(new Rejected(MALFORMED));
        assertThat(store.calls).isEmpty();
    }

    /** Nobody knows how an application made what was in its table before we came. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", // bin2hex(random_bytes(24))
                "key_" + CHANCE + "zzzzzz",
                "key_" + CHANCE + "123456",
                CHANCE + "fcca43d3",
                CHANCE + "00000000",
                "pat_" + CHANCE + "fcca43d3",
                "acme_" + CHANCE + "00000000",
                "acme_co_" + CHANCE + "fcca43d3",
                "live_key_" + CHANCE + "zzzzzz",
                "PAT_" + CHANCE + "zzzzzz"
            })
    void secretOfAnotherMakeIsLookedUpWhateverItLooksLike(String secret) {
        AccessToken stored = insert(SecretHash.of(secret));

        forms().forEach(form -> {
            Tokens read = Tokens.builder(store).format(form).build();
            assertThat(read.authenticate(secret)).as("%s", form).isEqualTo(new Accepted(stored));
            assertThat(read.authenticate("1|" + secret)).as("%s", form).isEqualTo(new Accepted(stored));
            assertThat(read.authenticate("2|" + secret)).as("%s", form).isEqualTo(new Rejected(UNKNOWN));
            assertThat(read.authenticate("01|" + secret)).as("%s", form).isEqualTo(new Rejected(MALFORMED));
        });
    }

    /** It issues {@code acme_} and 48 characters: a secret of 46 after the same prefix is none of ours. */
    @Test
    void prefixOfLaravelsFormHasNoChecksumOfOurs() {
        Tokens laravels =
                Tokens.builder(store).format(TokenFormat.laravel("acme_")).build();
        insert(SecretHash.of("acme_" + CHANCE + "zzzzzz"));

        assertThat(laravels.authenticate("acme_" + CHANCE + "zzzzzz")).isInstanceOf(Accepted.class);
    }

    @Test
    void rightChecksumOverAnUnknownSecretOpensNothing() {
        assertRejected(OURS, UNKNOWN);
        assertRejected("42|" + CHANCE + "fcca43d2", UNKNOWN);
        assertThat(store.calls).containsExactly("findByHash", "findByHash");
    }

    /** Not the exact shape, so perhaps an old or imported token: only the store can tell. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "p_" + CHANCE + "zzzzzz",
                "abcdefgh9_" + CHANCE + "zzzzzz",
                "Pat_" + CHANCE + "zzzzzz",
                "1at_" + CHANCE + "zzzzzz",
                "_" + CHANCE + "zzzzzz",
                "pat-" + CHANCE + "zzzzzz",
                "pat_" + CHANCE + "zzzzz-",
                "pat_" + CHANCE + "zzzzz",
                CHANCE,
                CHANCE + "FCCA43D3",
                CHANCE + "fcca43dg",
                CHANCE + "fcca43d",
                "acme" + CHANCE + "fcca43d3",
                "acme-" + CHANCE + "fcca43d3",
                "pat__" + CHANCE + "zzzzzz",
                "pat_\u00e9" + CHANCE + "zzzz",
                "test",
            })
    void textWithoutTheShapeOfAChecksumIsLookedUp(String text) {
        insert(SecretHash.of(text));

        assertThat(tokens.authenticate(text)).isInstanceOf(Accepted.class);
        assertThat(tokens.authenticate("1|" + text)).isInstanceOf(Accepted.class);
    }

    // ---- R7: entropy

    @Test
    void entropyIsEvenlySpreadAndNeverRepeats() {
        int count = 200_000;
        Set<String> seen = new HashSet<>(2 * count);
        int[][] found = new int[40][62];
        for (int i = 0; i < count; i++) {
            String secret = TokenFormat.standard().newSecret(random);
            assertThat(seen.add(secret)).isTrue();
            for (int at = 0; at < 40; at++) {
                found[at][ALPHABET.indexOf(secret.charAt(4 + at))]++;
            }
        }

        int[] all = IntStream.range(0, 62)
                .map(c -> IntStream.range(0, 40).map(at -> found[at][c]).sum())
                .toArray();
        // 61 degrees of freedom: above 140 comes once in sixty million runs. A modulo of 256 would give some 27,000.
        assertThat(chiSquare(all, 40.0 * count / 62)).isLessThan(140);
        for (int[] position : found) {
            assertThat(chiSquare(position, count / 62.0)).isLessThan(140);
        }
    }

    /** Whoever knows the hint has a part of the checksum, which tells at most as many bits as it has itself. */
    @Test
    void hintLeaves214BitsAtLeast() {
        double character = Math.log(62) / Math.log(2);
        double random40 = 40 * character;
        assertThat((int) random40).isEqualTo(238);
        assertThat((int) (random40 - 4 * character)).isEqualTo(214);
        for (TokenFormat format :
                List.of(TokenFormat.standard(), TokenFormat.prefixed("ci"), TokenFormat.laravel("x_"))) {
            String secret = format.newSecret(random);
            String checksum = secret.substring(format.prefix().length() + 40);
            assertThat(TokenFormat.hint(secret)).hasSize(4);
            assertThat(checksum).endsWith(TokenFormat.hint(secret)).hasSizeGreaterThanOrEqualTo(6);
        }
    }

    @Test
    void entropyComesFromTheGivenSourceAlone() {
        SecureRandom always = new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (i % 2 == 0 ? 0xff : i); // every other byte is thrown away
                }
            }
        };

        assertThat(TokenFormat.standard().newSecret(always)).startsWith("pat_13579BDFHJLNPRTVXZbdfhjln13579BDFHJLNPRT");
    }

    // ---- Changed tokens

    @ParameterizedTest
    @MethodSource("forms")
    void everyOtherCharacterAnywhereIsRefused(TokenFormat form) {
        String text = issue(form);
        for (int at = 0; at < text.length(); at++) {
            for (char c = 0; c < 0x180; c++) {
                if (c != text.charAt(at)) {
                    assertNotAccepted(text.substring(0, at) + c + text.substring(at + 1));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void missingDoubledAndSwappedCharactersAreRefused(TokenFormat form) {
        String text = issue(form);
        for (int at = 0; at < text.length(); at++) {
            String before = text.substring(0, at);
            assertNotAccepted(before + text.substring(at + 1), text);
            assertNotAccepted(before + text.charAt(at) + text.substring(at));
            if (at > 0 && text.charAt(at) != text.charAt(at - 1)) {
                assertNotAccepted(
                        text.substring(0, at - 1) + text.charAt(at) + text.charAt(at - 1) + text.substring(at + 1));
            }
        }
        assertNotAccepted(" " + text);
        assertNotAccepted(text + " ");
        assertNotAccepted(text + "\n");
        assertNotAccepted(text + "\u0000");
    }

    @Test
    void typingErrorInOurFormNeverReachesTheStore() {
        String text = issue(TokenFormat.standard());
        store.calls.clear();
        for (int at = 4; at < text.length(); at++) {
            for (int i = 0; i < ALPHABET.length(); i++) {
                char c = ALPHABET.charAt(i);
                if (c != text.charAt(at)) {
                    assertRejected(text.substring(0, at) + c + text.substring(at + 1), MALFORMED);
                }
            }
        }
        assertThat(store.calls).isEmpty();
    }

    private void assertRejected(String text, Reason reason) {
        assertThat(tokens.authenticate(text)).isEqualTo(new Rejected(reason));
    }

    private void assertNotAccepted(String text) {
        assertThat(tokens.authenticate(text)).isInstanceOf(Rejected.class);
    }

    /** But for the text that is left when nothing but the id and its separator, or one of two equal characters, went. */
    private void assertNotAccepted(String text, String original) {
        if (!text.equals(original)) {
            assertNotAccepted(text);
        }
    }

    private String issue(TokenFormat form) {
        return issueWith(form).plainText().reveal();
    }

    private NewToken issueWith(TokenFormat form) {
        return Tokens.builder(store).format(form).build().issue(TokenRequest.of(ADA, "ci"));
    }

    private AccessToken insert(SecretHash hash) {
        AccessToken inserted = store.insert(new TokenDraft(
                        ADA, "old", Abilities.ALL, hash, Instant.parse("2026-11-24T12:00:00Z"), null, null, Map.of()))
                .orElseThrow();
        store.calls.clear();
        return inserted;
    }

    private static long crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return crc.getValue();
    }

    private static String base62(long value) {
        StringBuilder digits = new StringBuilder();
        for (long rest = value; digits.length() < 6; rest /= 62) {
            digits.append(ALPHABET.charAt((int) (rest % 62)));
        }
        return digits.reverse().toString();
    }

    private static double chiSquare(int[] found, double expected) {
        return IntStream.of(found)
                .mapToDouble(n -> (n - expected) * (n - expected) / expected)
                .sum();
    }
}
