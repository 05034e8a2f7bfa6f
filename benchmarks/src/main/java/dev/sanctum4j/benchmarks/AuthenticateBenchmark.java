package dev.sanctum4j.benchmarks;

import cn.dev33.satoken.SaManager;
import cn.dev33.satoken.stp.StpUtil;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sanctum4j.Housekeeping;
import dev.sanctum4j.InMemoryTokenStore;
import dev.sanctum4j.Owner;
import dev.sanctum4j.TokenRequest;
import dev.sanctum4j.Tokens;
import dev.sanctum4j.Verdict;
import dev.sanctum4j.cache.CacheSettings;
import dev.sanctum4j.cache.CachingTokenStore;
import dev.sanctum4j.cache.Transactions;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** A valid token is checked, or a valid JWT. Compare the rows of one run with each other only. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AuthenticateBenchmark {

    /** How many tokens take turns: one is what a busy script does, many is what memory makes of it. */
    @Param({"1", "8192"})
    private int tokenCount;

    private static final class Row {
        private final byte[] hash;
        private final Set<String> abilities;
        private final Instant expiresAt;

        Row(byte[] hash, Set<String> abilities, Instant expiresAt) {
            this.hash = hash;
            this.abilities = abilities;
            this.expiresAt = expiresAt;
        }
    }

    private static final long STALE = Duration.ofHours(1).toNanos();

    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    });

    /** A hash as four numbers. */
    private record Longs(long a, long b, long c, long d) {

        static Longs of(byte[] hash) {
            return new Longs((long) LONG.get(hash, 0), (long) LONG.get(hash, 8), (long) LONG.get(hash, 16), (long)
                    LONG.get(hash, 24));
        }

        boolean matches(Longs other) {
            return ((a ^ other.a) | (b ^ other.b) | (c ^ other.c) | (d ^ other.d)) == 0;
        }

        @Override
        public int hashCode() {
            return (int) a;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Longs longs && matches(longs);
        }
    }

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private record Known(Longs hash, Set<String> abilities, long expiresAt, long readAt) {}

    private final Cache<Longs, Known> tuned =
            Caffeine.newBuilder().maximumSize(50_000).build();

    private final List<String> texts = new ArrayList<>();
    private final Map<String, Row> byHand = new ConcurrentHashMap<>();
    private Tokens tokens = Tokens.of(new InMemoryTokenStore());
    private Tokens cached = tokens;
    private String hs256 = "";
    private String rs256 = "";
    private String es256 = "";

    @SuppressWarnings("NullAway.Init") // set up before it is used
    private JWSVerifier hmac;

    @SuppressWarnings("NullAway.Init") // set up before it is used
    private JWSVerifier rsa;

    @SuppressWarnings("NullAway.Init") // set up before it is used
    private JWSVerifier ecdsa;

    @SuppressWarnings("NullAway.Init") // set up before it is used
    private JwtDecoder springDecoder;

    private final BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder();
    private String bcryptHash = "";
    private final List<String> saTokens = new ArrayList<>();

    private int next;

    @SuppressWarnings("NullAway.Init") // set up before it is used
    private ScheduledExecutorService scheduler;

    /** Issues tokens to both sides and signs the JWTs. */
    @Setup
    public void prepare() throws Exception {
        InMemoryTokenStore store = new InMemoryTokenStore();
        tokens = Tokens.of(store);
        CacheSettings asWithAFeed =
                new CacheSettings(50_000, CacheSettings.MAX_STALE, null, Transactions.NONE, System::nanoTime);
        cached = Tokens.of(CachingTokenStore.of(store, asWithAFeed));
        Instant expiry = Instant.now().plus(30, ChronoUnit.DAYS);
        for (int i = 0; i < tokenCount; i++) {
            String text = tokens.issue(TokenRequest.of(Owner.of("user", i + 1L), "ci", "orders:read", "orders:write")
                            .expiresAt(expiry))
                    .plainText()
                    .reveal();
            texts.add(text);
            byte[] hash = sha256(text);
            Longs longs = Longs.of(hash);
            tuned.put(
                    longs,
                    new Known(longs, Set.of("orders:read", "orders:write"), expiry.toEpochMilli(), System.nanoTime()));
            byHand.put(HexFormat.of().formatHex(hash), new Row(hash, Set.of("orders:read", "orders:write"), expiry));
        }
        scheduler = Executors.newSingleThreadScheduledExecutor();
        for (Tokens one : List.of(tokens, cached)) { // last uses are noted and written, as they are in service
            Housekeeping.start(one, scheduler, Duration.ofSeconds(1));
        }
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        hmac = new MACVerifier(secret);
        hs256 = jwt(JWSAlgorithm.HS256, new MACSigner(secret));
        springDecoder = NimbusJwtDecoder.withSecretKey(new SecretKeySpec(secret, "HmacSHA256"))
                .build();
        bcryptHash = String.valueOf(bcrypt.encode(texts.get(0)));
        SaManager.getConfig().setIsPrint(false);
        for (int i = 0; i < tokenCount; i++) {
            String text = UUID.randomUUID().toString();
            SaManager.getSaTokenDao()
                    .set(StpUtil.getStpLogic().splicingKeyTokenValue(text), Integer.toString(i + 1), 86_400);
            saTokens.add(text);
        }
        KeyPairGenerator rsaKeys = KeyPairGenerator.getInstance("RSA");
        rsaKeys.initialize(2048);
        KeyPair rsaPair = rsaKeys.generateKeyPair();
        rsa = new RSASSAVerifier((RSAPublicKey) rsaPair.getPublic());
        rs256 = jwt(JWSAlgorithm.RS256, new RSASSASigner(rsaPair.getPrivate()));
        KeyPairGenerator ecKeys = KeyPairGenerator.getInstance("EC");
        ecKeys.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair ecPair = ecKeys.generateKeyPair();
        ecdsa = new ECDSAVerifier((ECPublicKey) ecPair.getPublic());
        es256 = jwt(JWSAlgorithm.ES256, new ECDSASigner((ECPrivateKey) ecPair.getPrivate()));
    }

    /** Ends the housekeeping. */
    @TearDown
    public void end() {
        scheduler.shutdownNow();
    }

    private static String jwt(JWSAlgorithm algorithm, JWSSigner signer) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader(algorithm),
                new JWTClaimsSet.Builder()
                        .subject("1")
                        .claim("scope", "orders:read orders:write")
                        .expirationTime(Date.from(Instant.now().plus(30, ChronoUnit.DAYS)))
                        .build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static byte[] sha256(String text) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private String nextText() {
        next = next + 1 < tokenCount ? next + 1 : 0;
        return texts.get(next);
    }

    /** Ours, warm, in memory. */
    @Benchmark
    public boolean sanctum4j() {
        return tokens.authenticate(nextText()) instanceof Verdict.Accepted accepted
                && accepted.token().can("orders:read");
    }

    /** Ours, warm, from the cache in front of a store. */
    @Benchmark
    public boolean sanctum4jCached() {
        return cached.authenticate(nextText()) instanceof Verdict.Accepted accepted
                && accepted.token().can("orders:read");
    }

    /** What anybody would write: parse, hash, look up, compare, expiry, ability. */
    @Benchmark
    public boolean byHand() throws NoSuchAlgorithmException {
        String header = nextText();
        if (!header.startsWith("pat_")) {
            return false;
        }
        byte[] hash = sha256(header);
        Row row = byHand.get(HexFormat.of().formatHex(hash));
        return row != null
                && MessageDigest.isEqual(row.hash, hash)
                && Instant.now().isBefore(row.expiresAt)
                && row.abilities.contains("orders:read");
    }

    /** The limit of what can be written by hand: one block to hash, four longs to find and compare, one reading of a clock. */
    @Benchmark
    public boolean tuned() {
        String text = nextText();
        Known row = tuned(text, text.getBytes(StandardCharsets.ISO_8859_1));
        return row != null && System.currentTimeMillis() < row.expiresAt && row.abilities.contains("orders:read");
    }

    /** The same with the clock by which a cache knows how old an entry is, and which nobody can set. */
    @Benchmark
    public boolean tunedWithBothClocks() {
        String text = nextText();
        Known row = tuned(text, text.getBytes(StandardCharsets.ISO_8859_1));
        return row != null
                && System.nanoTime() - row.readAt < STALE
                && System.currentTimeMillis() < row.expiresAt
                && row.abilities.contains("orders:read");
    }

    /** The same with the checksum, too, without which every text that looks like a token is a question to the database. */
    @Benchmark
    public boolean tunedWithBothClocksAndChecksum() {
        String text = nextText();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length - 6);
        Known row = crc.getValue() < 0 ? null : tuned(text, bytes);
        return row != null
                && System.nanoTime() - row.readAt < STALE
                && System.currentTimeMillis() < row.expiresAt
                && row.abilities.contains("orders:read");
    }

    private @Nullable Known tuned(String header, byte[] bytes) {
        if (!header.startsWith("pat_")) {
            return null;
        }
        Longs presented = Longs.of(DIGEST.get().digest(bytes));
        Known row = tuned.getIfPresent(presented);
        return row != null && row.hash.matches(presented) ? row : null;
    }

    /** Sa-Token's look-up of a token in memory, which hashes nothing and asks for no ability. */
    @Benchmark
    public Object saTokenLookUp() {
        next = next + 1 < tokenCount ? next + 1 : 0;
        return StpUtil.getLoginIdByToken(saTokens.get(next));
    }

    /** A secret that is kept like a password. */
    @Benchmark
    public boolean bcrypt() {
        return bcrypt.matches(texts.get(0), bcryptHash);
    }

    /** Spring Security's decoder, a shared secret. */
    @Benchmark
    public boolean springJwtDecoderHs256() {
        return String.valueOf(springDecoder.decode(hs256).getClaimAsString("scope"))
                .contains("orders:read");
    }

    /** Nimbus, a shared secret. */
    @Benchmark
    public boolean jwtHs256() throws ParseException, JOSEException {
        return verify(hs256, hmac);
    }

    /** Nimbus, RSA with 2,048 bits. */
    @Benchmark
    public boolean jwtRs256() throws ParseException, JOSEException {
        return verify(rs256, rsa);
    }

    /** Nimbus, the P-256 curve. */
    @Benchmark
    public boolean jwtEs256() throws ParseException, JOSEException {
        return verify(es256, ecdsa);
    }

    private static boolean verify(String text, JWSVerifier verifier) throws ParseException, JOSEException {
        SignedJWT jwt = SignedJWT.parse(text);
        return jwt.verify(verifier)
                && jwt.getJWTClaimsSet().getExpirationTime().toInstant().isAfter(Instant.now())
                && jwt.getJWTClaimsSet().getStringClaim("scope").contains("orders:read");
    }
}
