package dev.muster.access;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Fetches the text of a JWK set. On its loop. */
interface KeyFetch {

    /** At most {@link VerificationKeys#MOST_BYTES}; ends within seconds, on the loop. */
    Future<byte[]> fetch();

    /** Gives up what is being fetched. */
    Future<@Nullable Void> close();
}
