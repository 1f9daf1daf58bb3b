package dev.muster.house.samples.task;

import io.vertx.core.Vertx;

/** Breaks the rule that the kernel uses only futures. */
public final class LoopSeer {
    Vertx vertx() {
        return Vertx.vertx();
    }
}
