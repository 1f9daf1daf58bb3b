package dev.muster.access;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The fetcher of the text of a JWK set. Runs on its loop. */
interface KeyFetch {

    /** Fetches at most {@link VerificationKeys#MAX_BYTES}. Completes within seconds, on the loop. */
    Future<byte[]> fetch();

    /** Abandons the fetch in progress and closes the client. */
    Future<@Nullable Void> close();
}
