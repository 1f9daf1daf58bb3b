package dev.muster.access;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.loop.Loop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The callers of a configuration, and the authentication of requests. Safe on any thread.
 *
 * <p>Only the SHA-256 of each key is kept. The keys of a token issuer that come from an address are fetched between
 * {@link #open} and {@link #close}; without such an address neither method does anything.
 */
public final class Callers {
    /** Longer header values are rejected before they are hashed. By default an HTTP server accepts 8 KiB of headers in all. */
    private static final int MAX_HEADER_CHARACTERS = 16 << 10;

    private static final String SCHEME = "Bearer";

    private final Map<String, Caller> byName;
    private final Map<KeyDigest, Caller> byKey;
    private final @Nullable Tokens tokens;
    private volatile @Nullable Loop loop;

    Callers(Map<String, Caller> byName, Map<KeyDigest, Caller> byKey, Optional<Tokens> tokens) {
        this.byName = new LinkedHashMap<>(byName);
        this.byKey = Map.copyOf(byKey);
        this.tokens = tokens.orElse(null);
    }

    /**
     * Statistics of the callers of a node.
     *
     * @param callers number of configured callers
     * @param issuerKeys number of keys known of the token issuer; 0 also without {@code server.jwt}
     * @param rememberedTokens number of verified tokens that are remembered, at most 1,000
     * @param checkingTokens number of tokens whose signatures are being verified or wait for verification, at most 128
     * @param keysFailure why the last attempt to fetch the issuer's keys failed; for operators of the node, not for callers
     */
    public record Statistics(
            int callers, int issuerKeys, int rememberedTokens, int checkingTokens, Optional<String> keysFailure) {}

    /**
     * Reads the section {@code callers} and the word {@code jwt} of the section {@code server}. Blocks while it reads the file
     * of keys, if one is configured.
     *
     * @param problems receives every mistake; a setting with a mistake is then omitted
     */
    public static Callers read(Configuration configuration, Problems problems) {
        return new CallersReader(configuration, problems).read();
    }

    /** Whether no callers are configured, so that every request comes from {@link Caller#everyone}. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /** The names of the callers, in the order of the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** Adds a problem for every grant that names an unknown plan or queue. */
    public void checkGrants(Set<String> plans, Set<String> queues, Problems problems) {
        byName.forEach((name, caller) -> {
            caller.grants().plans().check("plan", plans, name, problems);
            caller.grants().queues().check("queue", queues, name, problems);
        });
    }

    /**
     * Takes over the keys that earlier callers have fetched, if they come from the same address. A reload during an outage of
     * the issuer then rejects no valid token. Call it before {@link #open}.
     */
    public void takeOver(Callers previous) {
        if (tokens != null
                && previous.tokens != null
                && tokens.keys() instanceof FetchedKeys now
                && previous.tokens.keys() instanceof FetchedKeys earlier) {
            now.takeOver(earlier);
        }
    }

    /**
     * Starts to fetch keys if they come from an address, and sets the loop whose clock is used. Call it once.
     *
     * @param on a loop of its own, which belongs to no verticle; keys are fetched on it
     * @return completes when the first attempt has ended, even if it failed; a failed attempt is logged and repeated
     */
    public Future<@Nullable Void> open(Vertx vertx, Loop on) {
        loop = on;
        return tokens == null ? Future.succeededFuture() : tokens.keys().open(vertx, on);
    }

    /** Stops fetching keys; requests that wait for keys fail. Idempotent; does nothing without {@link #open}. */
    public Future<@Nullable Void> close() {
        return tokens == null ? Future.succeededFuture() : tokens.keys().close();
    }

    /**
     * Identifies the caller by the header {@code Authorization} or its substitute. If no callers are configured, returns
     * {@link Caller#everyone} and ignores the header.
     *
     * <p>The future is complete at once for keys, for remembered tokens and for tokens signed by a shared secret. Signatures of
     * other tokens are verified off the event loop, and keys are fetched if necessary; the future then completes on the Vert.x
     * context of the call, if there is one. It fails with an {@link UnidentifiedException} or, if a token cannot be checked
     * now, with a {@link KeysUnavailableException} or a {@link TooManyTokensException}.
     *
     * @param authorization the header's value; null if there is none
     * @throws IllegalStateException if it is a token and {@link #open} was not called
     */
    public Future<Caller> identify(@Nullable String authorization) {
        if (byName.isEmpty()) {
            return Future.succeededFuture(Caller.everyone());
        }
        try {
            String presented = credentials(authorization);
            KeyDigest digest = KeyDigest.of(presented);
            Caller caller = byKey.get(digest);
            return caller != null ? Future.succeededFuture(caller) : byToken(presented, digest);
        } catch (UnidentifiedException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * The value of the header {@code Authorization} for {@link #identify}; null if there is none. Several headers are joined to
     * one list (RFC 9110), which identifies no caller, because proxies on the way could have used any of them.
     */
    public static @Nullable String authorization(MultiMap headers) {
        List<String> all = headers.getAll(HttpHeaders.AUTHORIZATION);
        return all.isEmpty() ? null : String.join(", ", all);
    }

    /** Returns the statistics of the callers. */
    public Statistics statistics() {
        if (tokens == null) {
            return new Statistics(byName.size(), 0, 0, 0, Optional.empty());
        }
        VerificationKeys keys = tokens.keys().now();
        return new Statistics(
                byName.size(),
                keys == null ? 0 : keys.size(),
                tokens.remembered(),
                tokens.checking(),
                Optional.ofNullable(tokens.keys().failure()));
    }

    /** The names of the callers. */
    @Override
    public String toString() {
        return "callers " + byName.keySet();
    }

    /**
     * The key or token of a header {@code Authorization}, which is {@code Bearer} and exactly one of them (RFC 6750). Throws an
     * {@link UnidentifiedException} if the header is missing or malformed.
     */
    private static String credentials(@Nullable String authorization) {
        if (authorization != null && authorization.length() > MAX_HEADER_CHARACTERS) {
            throw new UnidentifiedException(
                    "the header Authorization is longer than " + MAX_HEADER_CHARACTERS + " characters");
        }
        if (authorization == null || authorization.isBlank()) {
            throw new UnidentifiedException("a key or token is needed, in the header Authorization: Bearer …");
        }
        int end = authorization.indexOf(' ');
        if (end < 0 || !authorization.substring(0, end).equalsIgnoreCase(SCHEME)) {
            throw new UnidentifiedException("the header Authorization must be Bearer and a key or token");
        }
        String credentials = strippedOfSpaces(authorization.substring(end));
        if (!isOneWord(credentials)) {
            throw new UnidentifiedException("the header Authorization must hold exactly one key or token after Bearer");
        }
        return credentials;
    }

    /**
     * Whether a text can be sent as a key: visible ASCII characters, without commas, because commas separate the values of a
     * header list.
     */
    static boolean isOneWord(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
    }

    private static String strippedOfSpaces(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    private Future<Caller> byToken(String presented, KeyDigest digest) {
        if (tokens == null || !SignedToken.looksLike(presented)) {
            throw new UnidentifiedException("the key does not belong to a caller");
        }
        Loop clock = loop;
        if (clock == null) {
            throw new IllegalStateException("the callers are not open");
        }
        Future<Caller> identified = tokens.identify(presented, digest, clock);
        return identified.isComplete() ? identified : onThisContext(identified);
    }

    private static Future<Caller> onThisContext(Future<Caller> identified) {
        Context context = Vertx.currentContext();
        if (context == null) {
            return identified;
        }
        Promise<Caller> here = Promise.promise();
        identified.onComplete(ended -> {
            try {
                context.runOnContext(ignored -> here.handle(ended));
            } catch (RejectedExecutionException e) {
                // The loop has ended, and with it the task that waits for the result.
            }
        });
        return here.future();
    }
}
