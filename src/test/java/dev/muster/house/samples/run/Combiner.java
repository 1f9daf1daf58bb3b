package dev.muster.house.samples.run;

import io.vertx.core.Future;

/** Breaks the rule that only {@code task} combines futures. */
public final class Combiner {
    private final Future<String> one = Future.succeededFuture("one");

    Future<?> all() {
        return Future.all(one, one);
    }

    Future<?> any() {
        return Future.any(one, one);
    }

    Future<?> join() {
        return Future.join(one, one);
    }
}
