package dev.muster.access;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** The source of an issuer's keys. Safe on any thread. */
sealed interface KeySource permits FetchedKeys, KeySource.Fixed {

    /** The present keys; null if none have been fetched so far. */
    @Nullable
    VerificationKeys now();

    /**
     * Fetches the keys again, unless that happened just before. Completes on any thread; fails with a
     * {@link KeysUnavailableException}.
     */
    Future<VerificationKeys> renewed();

    /** Starts to fetch, if the keys come from an address. Completes when the first attempt has ended, even if it failed. */
    Future<@Nullable Void> open(Vertx vertx, Loop loop);

    /** Stops fetching. Idempotent. */
    Future<@Nullable Void> close();

    /** Why the last attempt failed; null if it succeeded. */
    @Nullable
    String failure();

    /**
     * The keys of a file, read with each configuration.
     *
     * @param now the keys
     */
    record Fixed(VerificationKeys now) implements KeySource {

        @Override
        public Future<VerificationKeys> renewed() {
            return Future.succeededFuture(now);
        }

        @Override
        public Future<@Nullable Void> open(Vertx vertx, Loop loop) {
            return Future.succeededFuture();
        }

        @Override
        public Future<@Nullable Void> close() {
            return Future.succeededFuture();
        }

        @Override
        public @Nullable String failure() {
            return null;
        }
    }
}
