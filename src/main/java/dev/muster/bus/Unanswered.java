package dev.muster.bus;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message to a client that it has not answered yet. On the loop of its connection; told exactly one of these, once. */
interface Unanswered {

    /** The client replied. */
    void replied(@Nullable Object body, Map<String, String> headers);

    /** The client replied with a failure. */
    void failed(long code, String message);

    /** The client is gone, or will not answer in time. */
    void lost();
}
