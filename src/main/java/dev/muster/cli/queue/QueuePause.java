package dev.muster.cli.queue;

import dev.muster.cli.Session;
import dev.muster.loop.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A pause of a command that a stop request ends early. */
final class QueuePause {

    private QueuePause() {}

    /** Waits for this time. Returns false if a stop is requested. Blocks. */
    static boolean of(Session session, Loop loop, Duration time) throws InterruptedException {
        var over = new CompletableFuture<Boolean>();
        loop.schedule(time, () -> over.complete(true));
        session.stop().orAsked(over);
        return session.stop().code().isEmpty();
    }
}
