package dev.muster.dispatch;

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

/** What a request says of its deadline: several sayings, of which the smallest counts. For one request. */
public final class CallerDeadline {

    private final long cameNanos;
    private @Nullable Duration smallest;
    private String from = "";

    /** Of a request that came at this moment, in the time of its loop: the time counts from there. */
    public CallerDeadline(long cameNanos) {
        this.cameNanos = cameNanos;
    }

    /**
     * Takes the lines of a header. The same line again says nothing new.
     *
     * @throws MusterException of type {@code badInput} if it is malformed, or says different things
     */
    public CallerDeadline header(DeadlineHeader header, List<String> lines) throws MusterException {
        for (String line : lines) {
            if (!line.equals(lines.get(0))) {
                throw wrong(header.header() + " stands more than once, with different values");
            }
        }
        return lines.isEmpty() ? this : value(header, header.header(), lines.get(0));
    }

    /** Takes what a word of a message says, a duration as in plans. */
    public CallerDeadline word(String name, @Nullable Object said) throws MusterException {
        if (said == null) {
            return this;
        }
        if (!(said instanceof String text)) {
            throw wrong(name + " must be a duration such as \"300ms\"");
        }
        return value(DeadlineHeader.MUSTER, name, text);
    }

    /**
     * The deadline, or null where nothing was said.
     *
     * @throws MusterException of type {@code timeout} where no time was given at all
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
     * What a future gives, or {@code timeout} once the caller's deadline has passed before. On the loop, and so is its end.
     *
     * @param deadline null for no bound
     * @param late is run when it has passed, after the failure: nobody wants the other one any more
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
