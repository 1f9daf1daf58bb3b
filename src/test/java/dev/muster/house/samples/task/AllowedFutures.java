package dev.muster.house.samples.task;

import dev.muster.house.samples.loop.AllowedClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Breaks no rule: the kernel is allowed to use futures, promises and the loop. */
final class AllowedFutures {
    private final AllowedClock clock = new AllowedClock();

    Future<Long> later() {
        Promise<Long> promise = Promise.promise();
        Future<?> both = Future.all(promise.future(), Future.succeededFuture());
        promise.complete(clock.nanos());
        both.onComplete(done -> {});
        return promise.future().map(nanos -> nanos + 1);
    }
}
