package dev.muster.bus;

import dev.muster.access.KeysUnavailableException;
import dev.muster.access.UnidentifiedException;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.RunFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as a failure of the event bus: a code, which is the status that HTTP would answer with, and the error object as JSON
 * text. Immutable. Causes and stacks stay in the log.
 *
 * @param code the status
 * @param message {@code {type, detail, step?, run?, …}}
 */
record BusError(int code, String message) {

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.bus");
    private static final String STATUS = "status";
    private static final int NOT_IDENTIFIED = 401;
    private static final int TOO_MANY = 429;

    /** Of whatever was thrown. What nobody foresaw is ours: it is logged, with an id that is told. */
    static BusError of(Throwable thrown) {
        if (thrown instanceof UnidentifiedException unknown) {
            return of(NOT_IDENTIFIED, new MusterException(ErrorType.DENIED, unknown.detail()), null, null);
        }
        if (thrown instanceof KeysUnavailableException later) {
            return of(new MusterException(ErrorType.UNAVAILABLE, later.detail()));
        }
        MusterException error = thrown instanceof MusterException known ? known : internal(thrown);
        return of(status(error), error, null, null);
    }

    /** Of a run that is not done. */
    static BusError of(RunFailure failure, String run) {
        return of(status(failure.error()), failure.error(), failure.step(), run);
    }

    private static BusError of(int status, MusterException error, @Nullable String step, @Nullable String run) {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", error.type().word());
        value.put("detail", error.detail());
        if (step != null) {
            value.put("step", step);
        }
        if (run != null) {
            value.put("run", run);
        }
        error.more().forEach((name, more) -> {
            if (!name.equals(STATUS)) {
                value.putIfAbsent(name, more);
            } else if (!isOfRequest(error.type())) {
                value.putIfAbsent("upstreamStatus", more);
            }
        });
        return new BusError(status, Json.write(value));
    }

    private static int status(MusterException error) {
        if (isOfRequest(error.type()) && error.more().get(STATUS) instanceof Number other) {
            return other.intValue();
        }
        boolean passes = error.type() == ErrorType.LIMIT && error.more().containsKey("retryAfter");
        return passes ? TOO_MANY : error.type().status();
    }

    /** Whether errors of this type refuse a request, with nothing upstream that could have said a status of its own. */
    private static boolean isOfRequest(ErrorType type) {
        return switch (type) {
            case BAD_INPUT, DENIED, NOT_FOUND, LIMIT -> true;
            default -> false;
        };
    }

    private static MusterException internal(Throwable thrown) {
        String id = UUID.randomUUID().toString().substring(0, 8);
        LOG.error("internal error {}", id, thrown);
        return new MusterException(
                ErrorType.INTERNAL, "a fault of ours; the log has it under " + id, Map.of("id", id), thrown);
    }
}
