package dev.muster.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message that came to an address. Any thread. */
interface Arrived {

    /** The body as a JSON value. */
    @Nullable
    Object body();

    /** The headers. */
    Map<String, String> headers();

    /** Replies, if a reply is wanted. */
    void reply(@Nullable Object value);

    /** Replies with a failure. */
    void fail(int code, String message);
}
