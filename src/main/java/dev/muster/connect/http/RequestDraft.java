package dev.muster.connect.http;

import org.jspecify.annotations.Nullable;

/**
 * A request whose body may still have to be written.
 *
 * @param head the request, whole if there is no large body
 * @param large what takes too long to write on a loop, or null
 * @param settings of its source
 */
record RequestDraft(
        HttpRequest head,
        @Nullable RequestBody large,
        @Nullable HttpSettings settings) {

    RequestDraft(HttpRequest whole) {
        this(whole, null, null);
    }

    /** Whether nothing is left to be written. */
    boolean isReady() {
        return large == null;
    }

    /** The whole request; from any thread, if it is not ready from a worker's only. */
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
