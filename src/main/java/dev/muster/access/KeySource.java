package dev.muster.access;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Where the keys of an issuer come from. From any thread. */
sealed interface KeySource permits FetchedKeys, KeySource.Fixed {

    /** The keys that there are now; null if none could be had yet. */
    @Nullable
    VerificationKeys now();

    /**
     * The keys, asked for anew if that was not done just before. Completes on a thread of its own choice; fails with a
     * {@link KeysUnavailableException}.
     */
    Future<VerificationKeys> renewed();

    /** Begins to fetch, if that is how they come; completes when the first attempt has ended, whatever its end. */
    Future<@Nullable Void> open(Vertx vertx, Loop loop);

    /** Ends that. */
    Future<@Nullable Void> close();

    /** Why the last attempt failed, or null. */
    @Nullable
    String failure();

    /**
     * Those of a file, read with the configuration and again with the next.
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
