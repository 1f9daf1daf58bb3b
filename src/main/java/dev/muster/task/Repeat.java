package dev.muster.task;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/**
 * A loop whose step is asynchronous: {@code while (await step())}, without growing the stack. On the loop only.
 *
 * <p>Steps that complete at once run in a row; after {@value #ROW} of them other steps get their turn, and a cancel is
 * noticed.
 */
public final class Repeat {

    private static final int ROW = 256;

    private final Scope scope;
    private final Supplier<Future<Boolean>> step;
    private final Promise<Void> end = Promise.promise();

    private Repeat(Scope scope, Supplier<Future<Boolean>> step) {
        this.scope = scope;
        this.step = step;
    }

    /** Repeats a step as long as it gives true; ends with its first failure. */
    public static Future<Void> whileTrue(Scope scope, Supplier<Future<Boolean>> step) {
        var repeat = new Repeat(scope, step);
        repeat.go();
        return repeat.end.future();
    }

    private void go() {
        for (int i = 0; i < ROW; i++) {
            Future<Boolean> next;
            try {
                next = step.get();
            } catch (RuntimeException e) {
                end.fail(e);
                return;
            }
            if (!next.isComplete()) {
                next.onComplete(this::decide);
                return;
            }
            if (next.failed() || !next.result()) {
                finish(next.cause());
                return;
            }
        }
        scope.yieldNow().onComplete((ignored, failure) -> decide(failure == null, failure));
    }

    private void decide(Boolean goOn, Throwable failure) {
        if (failure == null && goOn) {
            go();
        } else {
            finish(failure);
        }
    }

    private void finish(Throwable failure) {
        if (failure == null) {
            end.complete();
        } else {
            end.fail(failure);
        }
    }
}
