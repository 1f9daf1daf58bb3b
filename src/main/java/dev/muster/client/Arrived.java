package dev.muster.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A received message. Safe on any thread. */
interface Arrived {

    /** Returns the body as a JSON value. */
    @Nullable
    Object body();

    /** Returns the headers. */
    Map<String, String> headers();

    /** Replies, if the sender expects a reply. */
    void reply(@Nullable Object value);

    /** Replies with a failure, if the sender expects a reply. */
    void fail(int code, String message);
}
