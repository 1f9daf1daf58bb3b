package dev.muster.bus;

import dev.muster.dispatch.CallerError;
import dev.muster.json.Json;
import dev.muster.run.RunFailure;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An error as a failure of the event bus: a code, which is the status that HTTP would answer with, and the error object as JSON
 * text. Immutable. Causes and stacks stay in the log.
 *
 * @param code the status
 * @param message {@code {type, detail, step?, run?, …}}
 */
record BusError(int code, String message) {

    /** Of whatever was thrown. What nobody foresaw is ours: it is logged, with an id that is told. */
    static BusError of(Throwable thrown) {
        return of(CallerError.of(thrown, null, null), null, null);
    }

    /** Of a run that is not done. */
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
