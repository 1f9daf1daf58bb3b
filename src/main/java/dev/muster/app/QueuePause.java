package dev.muster.app;

import dev.muster.loop.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A pause of a command, which ends early when the command is to end. */
final class QueuePause {

    private QueuePause() {}

    /** Waits; false if somebody has asked for the end. On threads that may wait. */
    static boolean of(Session session, Loop loop, Duration time) throws InterruptedException {
        var over = new CompletableFuture<Boolean>();
        loop.schedule(time, () -> over.complete(true));
        session.stop().orAsked(over);
        return session.stop().code().isEmpty();
    }
}
