package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;

/** Has a silent stream show that it is alive. Begins when it is made; on one loop. */
final class Heartbeat {

    /** How often. */
    static final Duration EVERY = Duration.ofSeconds(15);

    private final Loop loop;
    private final Runnable beat;
    private Timer timer;
    private boolean isStopped;

    /** Beats on this loop until it is stopped. */
    Heartbeat(Loop loop, Runnable beat) {
        this.loop = loop;
        this.beat = beat;
        this.timer = loop.schedule(EVERY, this::beat);
    }

    private void beat() {
        beat.run();
        if (!isStopped) {
            timer = loop.schedule(EVERY, this::beat);
        }
    }

    void stop() {
        isStopped = true;
        timer.cancel();
    }
}
