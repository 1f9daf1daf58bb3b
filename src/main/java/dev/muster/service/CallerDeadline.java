package dev.muster.service;

import dev.muster.connect.DeadlineHeader;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The deadline of one request, collected from its headers and message fields; the earliest one counts. Not thread-safe. */
public final class CallerDeadline {

    private final long cameNanos;
    private @Nullable Duration smallest;
    private String from = "";

    /**
     * Starts with no deadline.
     *
     * @param cameNanos when the request arrived, in the time of its loop; durations count from there
     */
    public CallerDeadline(long cameNanos) {
        this.cameNanos = cameNanos;
    }

    /**
     * Reads the lines of a header. Repeated equal lines count as one.
     *
     * @throws MusterException of type {@code badInput} if the header is malformed or its lines differ
     */
    public CallerDeadline header(DeadlineHeader header, List<String> lines) throws MusterException {
        for (String line : lines) {
            if (!line.equals(lines.get(0))) {
                throw wrong(header.header() + " occurs more than once, with different values");
            }
        }
        return lines.isEmpty() ? this : value(header, header.header(), lines.get(0));
    }

    /**
     * Reads a field of a message, a duration in the syntax of plans such as {@code "300ms"}; null is ignored.
     *
     * @throws MusterException of type {@code badInput} if the field is not such a duration
     */
    public CallerDeadline word(String name, @Nullable Object value) throws MusterException {
        if (value == null) {
            return this;
        }
        if (!(value instanceof String text)) {
            throw wrong(name + " must be a duration such as \"300ms\"");
        }
        return value(DeadlineHeader.MUSTER, name, text);
    }

    /**
     * The deadline, or null if the request has none.
     *
     * @throws MusterException of type {@code timeout} if the time given is zero
     */
    public @Nullable Deadline get() throws MusterException {
        if (smallest == null) {
            return null;
        }
        var deadline = new Deadline(cameNanos + smallest.toNanos(), smallest, from);
        deadline.check(cameNanos);
        return deadline;
    }

    /**
     * Bounds a future by the caller's deadline: the result fails with {@code timeout} if the deadline passes first. Call on the
     * loop; a bounded result completes there.
     *
     * @param deadline null for no bound
     * @param late runs after the time-out, to abandon the original operation
     */
    public static <T extends @Nullable Object> Future<T> bound(
            Loop loop, Future<T> future, @Nullable Deadline deadline, Runnable late) {
        if (deadline == null || future.isComplete()) {
            return future;
        }
        Promise<T> inTime = Promise.promise();
        Timer timer = loop.schedule(deadline.left(loop.nanos()), () -> {
            if (inTime.tryFail(new MusterException(ErrorType.TIMEOUT, deadline.passed()))) {
                late.run();
            }
        });
        future.onComplete((result, failure) -> loop.execute(() -> {
            timer.cancel();
            if (failure == null) {
                inTime.tryComplete(result);
            } else {
                inTime.tryFail(failure);
            }
        }));
        return inTime.future();
    }

    private CallerDeadline value(DeadlineHeader form, String name, String text) {
        Duration time;
        try {
            time = form.parse(text, name);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        if (smallest == null || time.compareTo(smallest) < 0) {
            smallest = time;
            from = name;
        }
        return this;
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, detail);
    }
}
