package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a process after a signal: in order and within a bound if a listener cancels and cleans up, otherwise at
 * once.
 *
 * <p>A command that is reading has nothing to clean up, and its thread can be blocked in a read that no interrupt ends.
 * The process then exits under it.
 */
public final class SignalHandler {

    /** The time for everything besides the clean-up: to stop, and to write the last messages. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Session session;

    public SignalHandler(Session session) {
        this.session = session;
    }

    /** Handles a signal, given by its name and its exit code. Runs on a thread of its own, which it can block. */
    public void signalled(String signal, int code) {
        if (signal.equals("HUP") && session.hungUp()) {
            return;
        }
        if (session.stop().ask(code, CancelReason.of("stopped by SIG" + signal))) {
            Optional<Duration> patience = session.stop().patience();
            session.say("SIG" + signal + ": "
                    + (patience.isPresent() ? "stopping gracefully; repeat the signal to stop at once" : "stopped"));
            patience.ifPresent(this::expectEnd);
            leave(code, true);
        }
        leave(code, false);
    }

    /** Waits for the ordered end; returns only if the process has not ended in time. */
    private void expectEnd(Duration cleanUp) {
        try {
            if (!new CountDownLatch(1).await(cleanUp.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
                session.say("muster: clean-up did not end within "
                        + Durations.human(cleanUp.plus(MARGIN).plus(LAST_WORDS))
                        + ", stopping without it; see server.limits.cleanUp");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(int code, boolean lastWords) {
        try {
            session.embedding().kill();
            if (lastWords) {
                session.flush(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }
}
