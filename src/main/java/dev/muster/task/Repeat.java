package dev.muster.task;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A loop with an asynchronous step: {@code while (await step())}, without stack growth. On the loop only.
 *
 * <p>Steps that complete at once run in a row. After {@value #ROW} of them other steps get their turn, and a cancel is
 * noticed.
 */
public final class Repeat {

    private static final int ROW = 256;

    private final Scope scope;
    private final Supplier<Future<Boolean>> step;
    private final Promise<Void> end = Promise.promise();
    private final Completable<Boolean> observer = this::stepEnded;

    private Repeat(Scope scope, Supplier<Future<Boolean>> step) {
        this.scope = scope;
        this.step = step;
    }

    /** Repeats a step while it returns true; ends with the first failure. */
    public static Future<Void> whileTrue(Scope scope, Supplier<Future<Boolean>> step) {
        var repeat = new Repeat(scope, step);
        repeat.go();
        return repeat.end.future();
    }

    private void go() {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            finish(new CancelledException(reason));
            return;
        }
        for (int i = 0; i < ROW; i++) {
            Future<Boolean> next = step();
            if (!next.isComplete()) {
                next.onComplete(observer);
                return;
            }
            if (next.failed() || !Boolean.TRUE.equals(next.result())) {
                stepEnded(next.result(), next.cause());
                return;
            }
        }
        scope.yieldNow().<Boolean>map(true).onComplete(observer);
    }

    @SuppressWarnings("ConstantValue") // steps are users' code and may return null
    private Future<Boolean> step() {
        try {
            Future<Boolean> next = step.get();
            return next == null ? failed("a repeated step returned null, not a future") : next;
        } catch (Throwable t) {
            OutOfMemory.check(t);
            return Future.failedFuture(t);
        }
    }

    /** Processes the end of a step, on any thread. */
    private void stepEnded(@Nullable Boolean goOn, @Nullable Throwable failure) {
        if (!scope.loop().inLoop()) {
            scope.loop().execute(() -> stepEnded(goOn, failure));
        } else if (failure != null) {
            finish(failure);
        } else if (goOn == null) {
            finish(failed("a repeated step gave null, neither true nor false").cause());
        } else if (goOn) {
            go();
        } else {
            finish(null);
        }
    }

    private void finish(@Nullable Throwable failure) {
        if (failure == null) {
            end.complete();
        } else {
            end.fail(failure);
        }
    }

    private static Future<Boolean> failed(String why) {
        return Future.failedFuture(new NullPointerException(why));
    }
}
