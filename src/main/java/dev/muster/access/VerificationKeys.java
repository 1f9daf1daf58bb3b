package dev.muster.access;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of an issuer: a JWK set (RFC 7517). Immutable; safe on any thread. */
final class VerificationKeys {
    /** Limit of the text of a set, in bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_KEYS = 100;

    /** Limit of signatures computed for a token that does not identify one key. */
    private static final int MAX_TRIED = 2;

    private static final JsonLimits LIMITS = JsonLimits.DEFAULT.withNesting(16);

    private final @Nullable Object text;
    private final List<VerificationKey> keys;

    private VerificationKeys(@Nullable Object text, List<VerificationKey> keys) {
        this.text = text;
        this.keys = keys;
    }

    /**
     * Parses a set.
     *
     * @param fetched whether the set came from an address. Wrong keys are then ignored, because only the issuer can correct
     *     them, and shared secrets too, because a published secret is not secret
     * @throws IllegalArgumentException if the text is no JWK set or has no usable key; the message quotes no part of it
     */
    static VerificationKeys parse(byte[] json, boolean fetched) {
        Object set;
        try {
            set = Json.parse(json, LIMITS);
        } catch (JsonException e) {
            throw new IllegalArgumentException("it is not JSON (line " + e.line() + ", column " + e.column() + ")", e);
        }
        if (!(set instanceof Map<?, ?> map) || !(map.get("keys") instanceof List<?> listed)) {
            throw new IllegalArgumentException("it is not a JWK set: {\"keys\": […]}");
        }
        if (listed.size() > MAX_KEYS) {
            throw new IllegalArgumentException("it has more than " + MAX_KEYS + " keys");
        }
        return new VerificationKeys(set, keys(listed, fetched));
    }

    int size() {
        return keys.size();
    }

    /** The shared secrets of the set, as written. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        if (text instanceof Map<?, ?> set && set.get("keys") instanceof List<?> listed) {
            for (Object key : listed) {
                if (key instanceof Map<?, ?> jwk && jwk.get("k") instanceof String secret) {
                    secrets.add(secret);
                }
            }
        }
        return secrets;
    }

    /** Whether the other set has the same text, compared as JSON. */
    boolean sameAs(VerificationKeys other) {
        return Json.equal(text, other.text);
    }

    /** Whether the set has a key that could verify a token that names this key; null stands for a token that names none. */
    boolean know(@Nullable String kid) {
        return kid == null || keys.stream().anyMatch(key -> key.isNamed(kid) || key.isNameless());
    }

    /** Whether verification takes only microseconds: the signature is by a shared secret, or no key of the set can have made it. */
    boolean verifyAtOnce(SignedToken token) {
        SigningAlgorithm algorithm = token.algorithm();
        return algorithm == SigningAlgorithm.HS256
                || !algorithm.hasLength(token.signature().length)
                || fitting(token).isEmpty();
    }

    /** Whether the token was signed with one of these keys. */
    boolean verify(SignedToken token) {
        byte[] signed = token.signed();
        return fitting(token).stream().anyMatch(key -> key.verifies(token.algorithm(), signed, token.signature()));
    }

    private List<VerificationKey> fitting(SignedToken token) {
        List<VerificationKey> fitting = keys.stream()
                .filter(key -> key.fits(token.algorithm()))
                .filter(key -> token.kid() == null || key.isNamed(token.kid()) || key.isNameless())
                .toList();
        if (fitting.size() > MAX_TRIED) {
            throw new UnidentifiedException("the token must name its key (kid), as there are many keys");
        }
        return fitting;
    }

    private static List<VerificationKey> keys(List<?> listed, boolean fetched) {
        List<VerificationKey> keys = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            try {
                if (!(listed.get(i) instanceof Map<?, ?> jwk)) {
                    throw new IllegalArgumentException("is not a map");
                }
                VerificationKey.read(jwk)
                        .filter(key -> !fetched || !key.fits(SigningAlgorithm.HS256))
                        .ifPresent(keys::add);
            } catch (IllegalArgumentException e) {
                if (!fetched) {
                    throw new IllegalArgumentException(
                            "key " + (i + 1) + " of " + listed.size() + " " + e.getMessage(), e);
                }
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "it has no key for one of the signatures RS256, RS384, RS512, PS256, PS384,"
                            + " PS512, ES256, ES384, ES512, EdDSA" + (fetched ? "" : ", HS256"));
        }
        return List.copyOf(keys);
    }
}
