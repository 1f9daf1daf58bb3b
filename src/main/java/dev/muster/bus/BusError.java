package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.run.RunFailure;
import dev.muster.service.CallerError;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An error as a failure of the event bus: a code, which is the HTTP status, and the error object as JSON text. Immutable. Causes
 * and stack traces stay in the log.
 *
 * @param code the HTTP status
 * @param message {@code {type, detail, step?, run?, …}}
 */
record BusError(int code, String message) {

    /** The error for any exception. An unexpected exception is logged under an id, and the sender gets the id. */
    static BusError of(Throwable thrown) {
        return of(CallerError.of(thrown, null, null), null, null);
    }

    /** The error of a failed run. */
    static BusError of(RunFailure failure, String run) {
        return of(CallerError.of(failure.error()), failure.step(), run);
    }

    private static BusError of(CallerError error, @Nullable String step, @Nullable String run) {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", error.error().type().word());
        value.put("detail", error.error().detail());
        if (step != null) {
            value.put("step", step);
        }
        if (run != null) {
            value.put("run", run);
        }
        error.more().forEach(value::putIfAbsent);
        return new BusError(error.status(), Json.write(value));
    }
}
