package dev.muster.web;

import dev.muster.loop.Nanos;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of the latest readiness check of a source.
 *
 * @param isReady whether the source is ready
 * @param isNeeded whether the node is ready only if the source is
 * @param nanos the duration of the check, in nanoseconds
 * @param error the type of the error, or null if the source is ready
 * @param detail the detail of the error, with addresses and names of databases, or null
 */
record SourceHealth(
        boolean isReady,
        boolean isNeeded,
        long nanos,
        @Nullable String error,
        @Nullable String detail) {

    /**
     * The result as a JSON value.
     *
     * @param withDetail whether the reader may see the addresses and names of databases
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
