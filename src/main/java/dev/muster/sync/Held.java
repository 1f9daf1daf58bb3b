package dev.muster.sync;

import dev.muster.loop.OutOfMemory;
import dev.muster.task.Body;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** Runs a body while a resource is held, and releases the resource when the body ends, on every path. */
final class Held {

    private Held() {}

    /** Returns the outcome of the body, after the release. Both happen on the loop. */
    static <T> Future<T> run(Scope scope, Body<T> body, Runnable release) {
        Promise<T> after = Promise.promise();
        begin(scope, body).onComplete((value, failure) -> {
            if (scope.loop().inLoop()) {
                giveBack(release, after, value, failure);
            } else {
                scope.loop().execute(() -> giveBack(release, after, value, failure));
            }
        });
        return after.future();
    }

    private static <T> void giveBack(
            Runnable release, Promise<T> after, @Nullable T value, @Nullable Throwable failure) {
        try {
            release.run();
        } catch (Throwable e) {
            after.fail(failure == null ? e : failure);
            return;
        }
        after.complete(value, failure);
    }

    @SuppressWarnings("ConstantValue") // bodies are users' code and may return null
    private static <T> Future<T> begin(Scope scope, Body<T> body) {
        try {
            Future<T> end = body.run(scope);
            return end == null
                    ? Future.failedFuture(new NullPointerException("the body returned null, not a future"))
                    : end;
        } catch (Throwable t) {
            OutOfMemory.check(t);
            return Future.failedFuture(t);
        }
    }
}
