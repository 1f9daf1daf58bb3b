package dev.muster.access;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys that are fetched from an address: at the start, hourly, and when a token names an unknown key, then at most
 * twice a minute.
 *
 * <p>A failed attempt is repeated after 1 s, 2 s, 4 s and so on, at most 30 s. Fetched keys stay in use until newer ones
 * arrive, so that valid tokens are accepted during an outage of the issuer. The state changes on the loop only; fields that any
 * thread reads are volatile.
 */
final class FetchedKeys implements KeySource {
    static final Duration AGAIN = Duration.ofHours(1);
    static final Duration MIN_BETWEEN = Duration.ofSeconds(30);
    static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    static final int MAX_WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);

    /** The fetcher of the text of a JWK set. Runs on its loop. */
    interface KeyFetch {

        /** Fetches at most {@link VerificationKeys#MAX_BYTES}. Completes within seconds, on the loop. */
        Future<byte[]> fetch();

        /** Abandons the fetch in progress and closes the client. */
        Future<@Nullable Void> close();
    }

    /** Creates the fetcher. Runs on the loop. */
    interface Opener {
        KeyFetch open(Vertx vertx, Loop loop, String address);
    }

    private final String address;
    private final Opener opener;
    private final List<Promise<VerificationKeys>> waiting = new ArrayList<>();
    private final Promise<@Nullable Void> triedOnce = Promise.promise();

    private volatile @Nullable VerificationKeys keys;
    private volatile @Nullable String failure;
    private volatile @Nullable Loop loop;

    private @Nullable KeyFetch fetch;
    private @Nullable Timer next;
    private boolean fetching;
    private boolean closed;
    private long triedNanos;
    private Duration retry = FIRST_RETRY;

    FetchedKeys(String address, Opener opener) {
        this.address = address;
        this.opener = opener;
    }

    /** Uses the keys of an earlier instance until its own are fetched, if the address is the same. Call it before {@link #open}. */
    void takeOver(FetchedKeys other) {
        if (other.address.equals(address)) {
            keys = other.keys;
        }
    }

    @Override
    public @Nullable VerificationKeys now() {
        return keys;
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public Future<@Nullable Void> open(Vertx vertx, Loop on) {
        loop = on;
        on.execute(() -> {
            if (closed) {
                triedOnce.tryComplete();
            } else {
                fetch = opener.open(vertx, on, address);
                attempt(on, fetch);
            }
        });
        return triedOnce.future();
    }

    @Override
    public Future<VerificationKeys> renewed() {
        Loop on = loop;
        if (on == null) {
            throw new IllegalStateException("the callers are not open");
        }
        Promise<VerificationKeys> promise = Promise.promise();
        on.execute(() -> renew(on, promise));
        return promise.future();
    }

    @Override
    public Future<@Nullable Void> close() {
        Loop on = loop;
        Promise<@Nullable Void> done = Promise.promise();
        if (on == null) {
            done.complete();
        } else {
            on.execute(() -> end().onComplete(done));
        }
        return done.future();
    }

    private void renew(Loop on, Promise<VerificationKeys> promise) {
        VerificationKeys present = keys;
        if (closed || fetch == null || waiting.size() >= MAX_WAITING) {
            promise.fail(unavailable());
        } else if (fetching) {
            waiting.add(promise);
        } else if (failure != null || present == null) {
            promise.fail(unavailable());
        } else if (on.nanos() - triedNanos < MIN_BETWEEN.toNanos()) {
            promise.complete(present);
        } else {
            waiting.add(promise);
            attempt(on, fetch);
        }
    }

    private void attempt(Loop on, KeyFetch fetcher) {
        if (next != null) {
            next.cancel();
            next = null;
        }
        fetching = true;
        triedNanos = on.nanos();
        // In a step of a future, so that a fetch that throws is a failed attempt as well.
        Future.succeededFuture()
                .compose(begun -> fetcher.fetch())
                .map(text -> VerificationKeys.parse(text, true))
                .onComplete(fetched -> on.execute(() -> {
                    fetching = false;
                    if (closed) {
                        return;
                    }
                    if (fetched.succeeded()) {
                        succeeded(fetched.result());
                    } else {
                        failed(fetched.cause());
                    }
                    schedule(on, fetcher, fetched.succeeded());
                    completeWaiting();
                    triedOnce.tryComplete();
                }));
    }

    /** Keeps the present object if the keys are the same, so that verified tokens stay verified. */
    private void succeeded(VerificationKeys fetched) {
        VerificationKeys before = keys;
        if (failure != null) {
            LOG.info("the keys for tokens were fetched from {} again", shownAddress());
        }
        failure = null;
        if (before == null || !before.sameAs(fetched)) {
            keys = fetched;
        }
    }

    private void failed(Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (failure == null) {
            LOG.warn(
                    "the keys for tokens cannot be fetched from {}: {}; {}",
                    shownAddress(),
                    why,
                    keys == null ? "until then all tokens are rejected" : "the previous keys are used");
        }
        failure = why;
    }

    private void schedule(Loop on, KeyFetch fetcher, boolean fetched) {
        Duration delay = fetched ? AGAIN : retry;
        Duration doubled = retry.multipliedBy(2);
        retry = fetched ? FIRST_RETRY : doubled.compareTo(MIN_BETWEEN) < 0 ? doubled : MIN_BETWEEN;
        next = on.schedule(delay, () -> {
            next = null;
            if (!fetching) {
                attempt(on, fetcher);
            }
        });
    }

    private void completeWaiting() {
        List<Promise<VerificationKeys>> waiters = List.copyOf(waiting);
        waiting.clear();
        VerificationKeys present = keys;
        for (Promise<VerificationKeys> promise : waiters) {
            if (!closed && failure == null && present != null) {
                promise.complete(present);
            } else {
                promise.fail(unavailable());
            }
        }
    }

    private Future<@Nullable Void> end() {
        if (closed) {
            return Future.succeededFuture();
        }
        closed = true;
        if (next != null) {
            next.cancel();
            next = null;
        }
        completeWaiting();
        triedOnce.tryComplete();
        return fetch == null ? Future.succeededFuture() : fetch.close();
    }

    /** The address without its query, which can hold a password. */
    private String shownAddress() {
        int query = address.indexOf('?');
        return query < 0 ? address : address.substring(0, query);
    }

    private static KeysUnavailableException unavailable() {
        return new KeysUnavailableException(
                "tokens cannot be checked now, as the keys of their issuer cannot be fetched");
    }
}
