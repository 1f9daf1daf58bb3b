package dev.muster.access;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The accepted signature algorithms (RFC 7518, RFC 8037), each with the one key type that it requires. Every other algorithm,
 * above all {@code none}, is rejected before anything is computed.
 */
enum SigningAlgorithm {
    RS256("RSA", null, 0, "n", "e"),
    RS384("RSA", null, 0, "n", "e"),
    RS512("RSA", null, 0, "n", "e"),
    PS256("RSA", null, 0, "n", "e"),
    PS384("RSA", null, 0, "n", "e"),
    PS512("RSA", null, 0, "n", "e"),
    ES256("EC", "P-256", 64, "crv", "x", "y"),
    ES384("EC", "P-384", 96, "crv", "x", "y"),
    ES512("EC", "P-521", 132, "crv", "x", "y"),
    EDDSA("OKP", "Ed25519", 64, "crv", "x"),
    HS256("oct", null, 32, "k");

    private final String keyType;
    private final @Nullable String curve;
    private final int signatureBytes;
    private final List<String> members;

    SigningAlgorithm(String keyType, @Nullable String curve, int signatureBytes, String... members) {
        this.keyType = keyType;
        this.curve = curve;
        this.signatureBytes = signatureBytes;
        this.members = List.of(members);
    }

    /** The name of the algorithm in tokens and keys. */
    String word() {
        return this == EDDSA ? "EdDSA" : name();
    }

    static Optional<SigningAlgorithm> of(String word) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.word().equals(word))
                .findAny();
    }

    /** Whether the algorithm accepts a key of this type and, for elliptic curves, of this curve. */
    boolean takes(String type, @Nullable Object keysCurve) {
        return keyType.equals(type) && (curve == null || curve.equals(keysCurve));
    }

    /** The members that a key must have besides its type. */
    List<String> members() {
        return members;
    }

    /**
     * Whether a signature can have that many bytes. An RSA signature is as long as its key, so any length above 0 is accepted
     * here.
     */
    boolean hasLength(int bytes) {
        return signatureBytes == 0 ? bytes > 0 : bytes == signatureBytes;
    }

    /** Returns the key restricted to this algorithm, without private members and certificates. */
    JsonObject key(Map<?, ?> jwk) {
        JsonObject key = new JsonObject().put("kty", keyType).put("alg", word());
        members.forEach(member -> key.put(member, jwk.get(member)));
        return key;
    }
}
