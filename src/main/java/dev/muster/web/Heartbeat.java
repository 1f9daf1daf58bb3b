package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;

/** A periodic action that keeps a silent stream alive. Starts on creation; runs on one loop. */
final class Heartbeat {

    /** The interval. */
    static final Duration EVERY = Duration.ofSeconds(15);

    private final Loop loop;
    private final Runnable beat;
    private Timer timer;
    private boolean isStopped;

    /** Starts the heartbeat; it runs until {@link #stop}. */
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
