package dev.muster.web;

import dev.muster.loop.Nanos;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last question to a source brought.
 *
 * @param isReady whether it said that it is ready
 * @param isNeeded whether the node is ready only with it
 * @param nanos how long the answer took
 * @param error the type of the error that keeps it from being ready, or null
 * @param detail why, with addresses and names of databases, or null
 */
record SourceHealth(
        boolean isReady,
        boolean isNeeded,
        long nanos,
        @Nullable String error,
        @Nullable String detail) {

    /**
     * The same as a JSON value.
     *
     * @param withDetail whether its reader may see addresses and names of databases
     */
    Map<String, Object> toValue(boolean withDetail) {
        var value = new LinkedHashMap<String, Object>();
        value.put("ready", isReady);
        value.put("optional", !isNeeded);
        value.put("ms", Nanos.toMillis(nanos));
        if (error != null) {
            value.put("error", withDetail ? error + ": " + detail : error);
        }
        return value;
    }
}
