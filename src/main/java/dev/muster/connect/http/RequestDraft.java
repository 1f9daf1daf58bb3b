package dev.muster.connect.http;

import org.jspecify.annotations.Nullable;

/**
 * A request whose body is possibly not written yet.
 *
 * @param head the request, complete unless there is a large body
 * @param large the body that would take too long to write on a loop, or null
 * @param settings settings of the source; null without a large body
 */
record RequestDraft(
        HttpRequest head,
        @Nullable RequestBody large,
        @Nullable HttpSettings settings) {

    RequestDraft(HttpRequest whole) {
        this(whole, null, null);
    }

    /** Whether the request is complete. */
    boolean isReady() {
        return large == null;
    }

    /** Returns the complete request. Safe on any thread if {@link #isReady}, otherwise to be called on a worker thread only. */
    HttpRequest write() {
        return large == null || settings == null
                ? head
                : HttpRequest.of(
                        head.method(),
                        head.address(),
                        head.headers(),
                        large.bytes(),
                        settings,
                        head.traced(),
                        head.timed());
    }
}
