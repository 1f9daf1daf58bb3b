package dev.muster.access;

import io.vertx.ext.auth.impl.jose.JWK;
import io.vertx.ext.auth.impl.jose.JWS;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key of a JWK set (RFC 7517), which verifies signatures. Safe on any thread: Vert.x locks the key while it verifies.
 *
 * <p>It uses the signature classes of Vert.x, not {@code JWTAuth}. {@code JWTAuth} accepts tokens without a signature if none
 * of its keys could be read, uses its own clock, and picks the key by the token's own header. A key that names no algorithm is
 * used with each algorithm that fits its type, because issuers omit the word.
 */
final class VerificationKey {
    private static final int MIN_RSA_BYTES = 256;
    private static final int MIN_SECRET_BYTES = 32;

    private final Optional<String> id;
    private final Map<SigningAlgorithm, JWS> verifiers;

    private VerificationKey(Optional<String> id, Map<SigningAlgorithm, JWS> verifiers) {
        this.id = id;
        this.verifiers = verifiers;
    }

    /**
     * Reads a key. A key for another purpose or of an unknown kind is ignored, as the RFC requires; the result is then empty.
     *
     * @throws IllegalArgumentException if the key should be usable and is not; the message continues a sentence that starts
     *     with the key's name
     */
    static Optional<VerificationKey> read(Map<?, ?> jwk) {
        if (!(jwk.get("kty") instanceof String type)) {
            throw new IllegalArgumentException("needs \"kty\"");
        }
        Object use = jwk.get("use");
        if (use != null && !use.equals("sig")) {
            return Optional.empty();
        }
        Object only = jwk.get("alg");
        Map<SigningAlgorithm, JWS> verifiers = new EnumMap<>(SigningAlgorithm.class);
        for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
            if (algorithm.takes(type, jwk.get("crv"))
                    && (only == null || algorithm.word().equals(only))) {
                verifiers.put(algorithm, verifier(algorithm, jwk));
            }
        }
        Optional<String> id = jwk.get("kid") instanceof String kid ? Optional.of(kid) : Optional.empty();
        return verifiers.isEmpty() ? Optional.empty() : Optional.of(new VerificationKey(id, verifiers));
    }

    boolean isNamed(String kid) {
        return id.isPresent() && id.get().equals(kid);
    }

    boolean isNameless() {
        return id.isEmpty();
    }

    boolean fits(SigningAlgorithm algorithm) {
        return verifiers.containsKey(algorithm);
    }

    /**
     * Whether the signature was made with this key by that algorithm; false if the algorithm does not fit the key. See
     * {@link Tokens} for the cost.
     */
    boolean verifies(SigningAlgorithm algorithm, byte[] signed, byte[] signature) {
        @Nullable JWS verifier = verifiers.get(algorithm);
        if (verifier == null || !algorithm.hasLength(signature.length)) {
            return false;
        }
        try {
            return verifier.verify(signature, signed);
        } catch (RuntimeException e) {
            // The bytes are no signature at all.
            return false;
        }
    }

    private static JWS verifier(SigningAlgorithm algorithm, Map<?, ?> jwk) {
        for (String member : algorithm.members()) {
            if (!(jwk.get(member) instanceof String text) || text.isEmpty()) {
                throw new IllegalArgumentException("needs \"" + member + "\"");
            }
        }
        if (algorithm.members().contains("n") && bytes(jwk, "n") < MIN_RSA_BYTES) {
            throw new IllegalArgumentException("is an RSA key of less than " + 8 * MIN_RSA_BYTES + " bits");
        }
        if (algorithm.members().contains("k") && bytes(jwk, "k") < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("is a secret of less than " + MIN_SECRET_BYTES + " bytes");
        }
        try {
            return new JWS(new JWK(algorithm.key(jwk)));
        } catch (RuntimeException e) {
            // The message of the cause can quote the key.
            throw new IllegalArgumentException("is not a usable key", e);
        }
    }

    private static int bytes(Map<?, ?> jwk, String member) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(String.valueOf(jwk.get(member)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has a \"" + member + "\" that is not Base64 for URLs", e);
        }
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0 && member.equals("n")) {
            zeros++;
        }
        return bytes.length - zeros;
    }
}
