package dev.muster.run;

import dev.muster.plan.MusterException;
import dev.muster.plan.Policies.Retry;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy {@code retry}: exponential back-off with full jitter, but never a pause shorter than the Retry-After of the
 * upstream. On the run's loop.
 */
final class Retrying {

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.run");

    private Retrying() {}

    static Future<@Nullable Object> run(
            Scope scope, StepRun step, @Nullable Retry retry, Supplier<Future<@Nullable Object>> attempt) {
        return retry == null ? attempt.get() : again(scope, step, retry, attempt, 0);
    }

    private static Future<@Nullable Object> again(
            Scope scope, StepRun step, Retry retry, Supplier<Future<@Nullable Object>> attempt, int failed) {
        long beganNanos = step.run.now();
        return attempt.get().recover(thrown -> {
            MusterException error = RunErrors.error(thrown);
            if (failed >= retry.times() || scope.isCancelled() || !isTried(retry, error)) {
                return Future.failedFuture(thrown);
            }
            Duration pause = pause(retry, error, failed, step.run.random());
            if (!hasTime(scope, step, pause)) {
                return Future.failedFuture(thrown);
            }
            step.attemptFailed(error, step.run.now() - beganNanos);
            LOG.debug("attempt {} failed, retry in {} ms: {}", failed + 1, pause.toMillis(), error.detail());
            return scope.sleep(pause).compose(ignored -> {
                step.attemptBegins();
                return again(scope, step, retry, attempt, failed + 1);
            });
        });
    }

    /** Whether there is time for another attempt. If not, the failure itself is more useful than the time-out that would follow. */
    private static boolean hasTime(Scope scope, StepRun step, Duration pause) {
        return !step.isTimeUp()
                && step.plan.deadline.allows(pause.toNanos(), scope.loop().nanos())
                && scope.remaining().map(left -> left.compareTo(pause) > 0).orElse(true);
    }

    private static boolean isTried(Retry retry, MusterException error) {
        if (retry.on() != null) {
            return retry.on().contains(error.type());
        }
        return switch (error.type()) {
            case UNAVAILABLE, TIMEOUT -> true;
            case BAD_RESPONSE -> error.more().get("status") instanceof Number status && isPassing(status.intValue());
            default -> false;
        };
    }

    private static boolean isPassing(int status) {
        return status == 408 || status == 425 || status == 429 || status >= 500;
    }

    private static Duration pause(Retry retry, MusterException error, int failed, double random) {
        double doubled = retry.backoffMin().toNanos() * Math.pow(2, failed);
        long nanos = (long) (Math.min(doubled, (double) retry.backoffMax().toNanos()) * random);
        return error.more().get("retryAfterMillis") instanceof Number retryAfter
                ? Duration.ofNanos(Math.max(nanos, retryAfter.longValue() * 1_000_000))
                : Duration.ofNanos(nanos);
    }
}
