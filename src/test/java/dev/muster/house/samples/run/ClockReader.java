package dev.muster.house.samples.run;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Breaks the rule that only {@code loop} reads the clock, in every possible way. */
final class ClockReader {
    long nano() {
        return System.nanoTime();
    }

    LongSupplier reference() {
        return System::currentTimeMillis;
    }

    Instant now() {
        return Instant.now();
    }

    Object clock() {
        return Clock.systemUTC();
    }

    void doze() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(1).toMillis());
    }

    void timer(Vertx vertx) {
        vertx.setTimer(1, id -> {});
    }

    void periodic(Vertx vertx) {
        vertx.setPeriodic(1, id -> {});
    }

    void schedule() {
        Executors.newSingleThreadScheduledExecutor().schedule(() -> {}, 1, TimeUnit.MILLISECONDS);
    }

    Object javaTimer() {
        return new java.util.Timer();
    }

    Future<String> abandon(Future<String> future) {
        return future.timeout(1, TimeUnit.MILLISECONDS);
    }
}
