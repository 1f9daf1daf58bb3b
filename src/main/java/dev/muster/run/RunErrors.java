package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.BrokenInvariantException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.CombinedException;
import dev.muster.task.TimedOutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mapping of task failures to the error types of Muster. */
final class RunErrors {

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.run");

    /** The error field that names the origin of a cancel, as a word of {@link Receipt.By}. */
    static final String BY = "by";

    private static final String EFFECTS = "effects";
    private static final String RETRY_AFTER = "retryAfter";
    private static final long LATER_SECONDS = 1;

    private RunErrors() {}

    /** The failure of a step on its way up: it keeps the path of the innermost step that failed. */
    static final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final String path;
        final MusterException error;

        StepFailed(String path, MusterException error) {
            super(error.detail(), error, true, false);
            this.path = path;
            this.error = error;
        }
    }

    static MusterException error(Throwable thrown) {
        if (thrown instanceof MusterException error) {
            return error;
        }
        if (thrown instanceof StepFailed failed) {
            return failed.error;
        }
        if (thrown instanceof CancelledException cancelled) {
            return of(cancelled.reason());
        }
        if (thrown instanceof TimedOutException timedOut) {
            return of(timedOut.reason());
        }
        if (thrown instanceof CombinedException combined) {
            return combined(combined);
        }
        return internal(thrown);
    }

    static @Nullable String path(Throwable thrown) {
        return thrown instanceof StepFailed failed ? failed.path : null;
    }

    /** The cancel reason, if the task was cancelled or timed out; else null. */
    static @Nullable CancelReason reason(Throwable thrown) {
        if (thrown instanceof CancelledException cancelled) {
            return cancelled.reason();
        }
        return thrown instanceof TimedOutException timedOut ? timedOut.reason() : null;
    }

    static MusterException of(CancelReason reason) {
        return reason.kind() == CancelReason.Kind.TIMEOUT
                ? new MusterException(ErrorType.TIMEOUT, reason.why())
                : new MusterException(
                        ErrorType.CANCELLED,
                        reason.why(),
                        Map.of(BY, Receipt.By.of(reason).word()),
                        null);
    }

    /**
     * The error of a run for its caller, with the hint whether and when to try again. If data may have been changed
     * already, the field {@code effects} is set and the hint {@code retryAfter} is removed.
     *
     * @param hasEffects whether a call that can change data was sent to its source
     */
    static MusterException ofRun(MusterException error, boolean hasEffects) {
        boolean isStopped = error.type() == ErrorType.CANCELLED || error.type() == ErrorType.TIMEOUT;
        boolean isLater = error.more().containsKey(RETRY_AFTER);
        if (hasEffects && (isStopped || isLater)) {
            var more = new LinkedHashMap<>(error.more());
            more.remove(RETRY_AFTER);
            more.put(EFFECTS, true);
            return new MusterException(error.type(), error.detail(), more, error);
        }
        if (!isLater && Receipt.By.NODE.word().equals(error.more().get(BY))) {
            var more = new LinkedHashMap<>(error.more());
            more.put(RETRY_AFTER, LATER_SECONDS);
            return new MusterException(error.type(), error.detail(), more, error);
        }
        return error;
    }

    private static MusterException combined(CombinedException combined) {
        List<Throwable> all = new ArrayList<>();
        Throwable first = combined.getCause();
        if (first == null) {
            return new MusterException(ErrorType.FAILED, "the race had no branches");
        }
        all.add(first);
        all.addAll(List.of(combined.getSuppressed()));
        var detail = new StringBuilder("all branches of the race failed");
        var errors = new ArrayList<Map<String, Object>>();
        for (Throwable failure : all) {
            MusterException error = error(failure);
            String path = path(failure);
            detail.append("; ").append(path == null ? "" : path + ": ").append(error.detail());
            errors.add(error.toValue());
        }
        return new MusterException(error(first).type(), detail.toString(), Map.of("errors", errors), combined);
    }

    private static MusterException internal(Throwable thrown) {
        String id = UUID.randomUUID().toString().substring(0, 8);
        LOG.error("internal error {}", id, thrown);
        String what = thrown instanceof BrokenInvariantException broken
                ? ", a violated invariant: " + broken.invariant()
                : "";
        return new MusterException(
                ErrorType.INTERNAL,
                "internal error" + what + "; the log has the details under " + id,
                Map.of("id", id),
                thrown);
    }
}
