package dev.muster.access;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The authentication by tokens. Safe on any thread.
 *
 * <p>A remembered token costs a look-up, and a token signed by a shared secret costs some microseconds; both complete at once.
 * Other signatures take CPU time, on a slow core 0.1 ms for RSA, 1 to 2 ms for Ed25519 and ES256, 4 ms for ES384 and 7 ms for
 * ES512, so forged tokens could block an event loop. {@link SignatureChecks} verifies them off the loop, and only if the claims
 * are right.
 */
final class Tokens {
    private static final int MAX_VERIFIED = 1_000;
    private static final int MAX_REJECTED = 256;

    private final JwtSettings settings;
    private final Map<String, Caller> bySubject;
    private final SignatureChecks checks;
    private final TokenCache<Caller> verified = new TokenCache<>(MAX_VERIFIED);

    /** The reasons of recent rejections. Kept apart from valid tokens, which they must not evict. */
    private final TokenCache<String> rejected = new TokenCache<>(MAX_REJECTED);

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

    /**
     * Returns the caller of a token, or fails with the reason; throws the reason if it is known at once. Completes on any
     * thread.
     */
    Future<Caller> identify(String text, KeyDigest digest, Loop loop) {
        long nowSeconds = loop.wallTime().getEpochSecond();
        VerificationKeys keys = settings.keys().now();
        if (keys != null) {
            Caller known = verified.get(digest, keys, nowSeconds);
            if (known != null) {
                return Future.succeededFuture(known);
            }
            String why = rejected.get(digest, keys, nowSeconds);
            if (why != null) {
                throw new UnidentifiedException(why);
            }
        }
        SignedToken token = SignedToken.parse(text);
        // Claims before the signature: this is cheaper, and it reveals to a forger only what the forger wrote.
        long endSeconds = token.checkClaims(settings.issuer(), settings.audience(), nowSeconds);
        var candidate = new Candidate(token, digest, nowSeconds, endSeconds);
        if (keys != null && keys.know(token.kid())) {
            return verify(candidate, keys);
        }
        return settings.keys().renewed().compose(renewed -> verify(candidate, renewed));
    }

    /**
     * A token whose claims are right.
     *
     * @param nowSeconds the time of the request, in seconds since 1970
     * @param endSeconds the time of expiry with tolerance, in seconds since 1970
     */
    private record Candidate(SignedToken token, KeyDigest digest, long nowSeconds, long endSeconds) {}

    private Future<Caller> verify(Candidate candidate, VerificationKeys keys) {
        if (!keys.know(candidate.token.kid())) {
            throw new UnidentifiedException("the token is signed with a key (kid) that its issuer does not have");
        }
        if (keys.verifyAtOnce(candidate.token)) {
            return Future.succeededFuture(verified(candidate, keys));
        }
        return checks.check(candidate.digest, keys, () -> {
            try {
                // The token was possibly verified between the look-up and now.
                Caller known = verified.get(candidate.digest, keys, candidate.nowSeconds);
                return known != null ? known : verified(candidate, keys);
            } catch (UnidentifiedException e) {
                rejected.put(candidate.digest, keys, e.detail(), Long.MAX_VALUE);
                throw e;
            }
        });
    }

    private Caller verified(Candidate candidate, VerificationKeys keys) {
        if (!keys.verify(candidate.token)) {
            throw new UnidentifiedException("the token's signature is wrong");
        }
        Caller caller = caller(candidate.token.claims());
        verified.put(candidate.digest, keys, caller, candidate.endSeconds);
        return caller;
    }

    private Caller caller(Map<String, @Nullable Object> claims) {
        Caller caller = claims.get("sub") instanceof String subject ? bySubject.get(subject) : null;
        if (caller == null) {
            throw new UnidentifiedException("the token is valid, but its subject (sub) is not a caller");
        }
        return caller.withClaims(claims);
    }
}
