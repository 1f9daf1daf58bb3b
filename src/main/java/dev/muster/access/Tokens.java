package dev.muster.access;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose a token is. From any thread.
 *
 * <p>A token that was verified before costs a look-up, one of a shared secret some microseconds; both are told at once. The
 * signatures of others take processor time, on a slow core 0.1 ms by RSA, 1 to 2 ms by Ed25519 and ES256, 4 by ES384 and 7
 * by ES512: whoever forges tokens could hold up an event loop with them. {@link SignatureChecks} verifies those, and only where
 * the claims are right.
 */
final class Tokens {
    private final JwtSettings settings;
    private final Map<String, Caller> bySubject;
    private final SignatureChecks checks;
    private final VerifiedTokens verified = new VerifiedTokens();
    private final RefusedTokens refused = new RefusedTokens();

    Tokens(JwtSettings settings, Map<String, Caller> bySubject, SignatureChecks checks) {
        this.settings = settings;
        this.bySubject = Map.copyOf(bySubject);
        this.checks = checks;
    }

    KeySource keys() {
        return settings.keys();
    }

    int remembered() {
        return verified.size();
    }

    int checking() {
        return checks.size();
    }

    /** Fails with the reason; throws it where that is known at once. Completes on a thread of its own choice. */
    Future<Caller> identify(String text, KeyDigest digest, Loop loop) {
        long nowSeconds = loop.wallTime().getEpochSecond();
        VerificationKeys keys = settings.keys().now();
        if (keys != null) {
            Caller known = verified.get(digest, keys, nowSeconds);
            if (known != null) {
                return Future.succeededFuture(known);
            }
            String why = refused.get(digest, keys);
            if (why != null) {
                throw new UnidentifiedException(why);
            }
        }
        SignedToken token = SignedToken.parse(text);
        // Before the signature, as it is cheaper, and tells a forger nothing but what was forged.
        long endSeconds = settings.claims().check(token.claims(), nowSeconds);
        var asked = new Asked(token, digest, nowSeconds, endSeconds);
        if (keys != null && keys.know(token.kid())) {
            return verify(asked, keys);
        }
        return settings.keys().renewed().compose(renewed -> verify(asked, renewed));
    }

    /**
     * A token whose claims are right.
     *
     * @param nowSeconds since 1970, when it came
     * @param endSeconds from which on it holds no more
     */
    private record Asked(SignedToken token, KeyDigest digest, long nowSeconds, long endSeconds) {}

    private Future<Caller> verify(Asked asked, VerificationKeys keys) {
        if (!keys.know(asked.token.kid())) {
            throw new UnidentifiedException("the token is signed with a key (kid) that its issuer does not have");
        }
        if (keys.verifyAtOnce(asked.token)) {
            return Future.succeededFuture(verified(asked, keys));
        }
        return checks.check(asked.digest, keys, () -> {
            try {
                // It may have been verified between the look-up and now.
                Caller known = verified.get(asked.digest, keys, asked.nowSeconds);
                return known != null ? known : verified(asked, keys);
            } catch (UnidentifiedException e) {
                refused.put(asked.digest, keys, e.detail());
                throw e;
            }
        });
    }

    private Caller verified(Asked asked, VerificationKeys keys) {
        if (!keys.verify(asked.token)) {
            throw new UnidentifiedException("the token's signature is wrong");
        }
        Caller caller = caller(asked.token.claims());
        verified.put(asked.digest, keys, caller, asked.endSeconds);
        return caller;
    }

    private Caller caller(Map<String, @Nullable Object> claims) {
        Caller caller = claims.get("sub") instanceof String subject ? bySubject.get(subject) : null;
        if (caller == null) {
            throw new UnidentifiedException("the token is good, but its subject (sub) is none of the callers");
        }
        return caller.withClaims(claims);
    }
}
