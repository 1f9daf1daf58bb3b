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
 * All callers of a configuration, and the way to tell which of them is asking. From any thread.
 *
 * <p>Of keys only their SHA-256 is kept. Keys of a token's issuer that come from an address are fetched between {@link #open}
 * and {@link #close}; without such an address neither does anything.
 */
public final class Callers {
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
     * Reads the section {@code callers} and {@code jwt} of the section {@code server}. Blocks for the file of keys, if one is
     * named.
     *
     * @param problems where everything that is wrong is noted; what is wrong is then left out
     */
    public static Callers read(Configuration configuration, Problems problems) {
        return new CallersReader(configuration, problems).read();
    }

    /** Whether none are configured, so that whoever asks is {@link Caller#everyone}. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /** Their names, in the order of the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** Notes every grant for a plan or queue that there is not. */
    public void checkGrants(Set<String> plans, Set<String> queues, Problems problems) {
        byName.forEach((name, caller) -> {
            caller.grants().plans().check("plan", plans, name, problems);
            caller.grants().queues().check("queue", queues, name, problems);
        });
    }

    /**
     * Takes over what those before have fetched, if it is from the same address, so that a reload in which the issuer is down
     * keeps nobody out. Before {@link #open}.
     */
    public void takeOver(Callers before) {
        if (tokens != null
                && before.tokens != null
                && tokens.keys() instanceof FetchedKeys now
                && before.tokens.keys() instanceof FetchedKeys earlier) {
            now.takeOver(earlier);
        }
    }

    /**
     * Begins to fetch keys, where they come from an address, and to tell the time from this loop. Once.
     *
     * @param on a loop of its own, of no verticle; what is fetched is fetched there
     * @return done when the first attempt has ended, also when it failed: it is repeated, and the log says so
     */
    public Future<@Nullable Void> open(Vertx vertx, Loop on) {
        loop = on;
        return tokens == null ? Future.succeededFuture() : tokens.keys().open(vertx, on);
    }

    /** Ends what {@link #open} began; requests that wait for keys fail. May be called twice, or without it. */
    public Future<@Nullable Void> close() {
        return tokens == null ? Future.succeededFuture() : tokens.keys().close();
    }

    /**
     * Tells who asks, by the header {@code Authorization} or what takes its place. Without callers it is
     * {@link Caller#everyone}, whatever the header says.
     *
     * <p>Complete at once for keys, and for tokens that are remembered or signed by a shared secret. For others signatures are
     * verified off the event loop, and keys may have to be fetched; then it completes on the context of Vert.x it was asked
     * on, if it was on one. It fails with an {@link UnidentifiedException} or, if a token cannot be checked now, a
     * {@link KeysUnavailableException} or a {@link TooManyTokensException}.
     *
     * @param authorization the header's value; null if there is none
     * @throws IllegalStateException if it is a token and {@link #open} was not called
     */
    public Future<Caller> identify(@Nullable String authorization) {
        if (byName.isEmpty()) {
            return Future.succeededFuture(Caller.everyone());
        }
        try {
            String presented = BearerHeader.read(authorization);
            KeyDigest digest = KeyDigest.of(presented);
            Caller caller = byKey.get(digest);
            return caller != null ? Future.succeededFuture(caller) : byToken(presented, digest);
        } catch (UnidentifiedException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * What headers say of who asks, for {@link #identify}. Of several headers {@code Authorization} nobody can tell which one
     * others along the way went by: they are one list then, as RFC 9110 has it, which identifies nobody.
     */
    public static @Nullable String authorization(MultiMap headers) {
        List<String> all = headers.getAll(HttpHeaders.AUTHORIZATION);
        return all.isEmpty() ? null : String.join(", ", all);
    }

    /** What there is to see of them. */
    public AccessStatistics statistics() {
        if (tokens == null) {
            return new AccessStatistics(byName.size(), 0, 0, 0, Optional.empty());
        }
        VerificationKeys keys = tokens.keys().now();
        return new AccessStatistics(
                byName.size(),
                keys == null ? 0 : keys.size(),
                tokens.remembered(),
                tokens.checking(),
                Optional.ofNullable(tokens.keys().failure()));
    }

    /** Their names. */
    @Override
    public String toString() {
        return "callers " + byName.keySet();
    }

    private Future<Caller> byToken(String presented, KeyDigest digest) {
        if (tokens == null || !SignedToken.looksLike(presented)) {
            throw new UnidentifiedException("the key is none of a caller's");
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
                // The loop has ended, and whoever asked on it.
            }
        });
        return here.future();
    }
}
