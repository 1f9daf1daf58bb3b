package dev.muster.app;

import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a process ends after a signal: in order within a bound where somebody cancels and cleans up, else at once.
 *
 * <p>A command that reads has no such order to keep, and its thread may be held by a file that says nothing; no thread can
 * be made to leave such a read, so the process leaves it.
 */
final class Leaving {

    /** For all but the clean-up: what it takes to stop, and the last words. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Session session;

    Leaving(Session session) {
        this.session = session;
    }

    /** Takes a signal, by its name and the exit code that says so. On a thread of its own, which may wait. */
    void signalled(String signal, int code) {
        if (signal.equals("HUP") && session.hungUp()) {
            return;
        }
        if (session.stop().ask(code, CancelReason.of("stopped by SIG" + signal))) {
            Optional<Duration> patience = session.stop().patience();
            session.say("SIG" + signal + ": "
                    + (patience.isPresent() ? "stopping in order; once more to leave at once" : "stopped"));
            patience.ifPresent(this::expectEnd);
            leave(code, true);
        }
        leave(code, false);
    }

    /** Returns only if the process has not ended by then. */
    private void expectEnd(Duration cleanUp) {
        try {
            if (!new CountDownLatch(1).await(cleanUp.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
                session.say("muster: clean-up has not ended within "
                        + Durations.human(cleanUp.plus(MARGIN).plus(LAST_WORDS))
                        + ", leaving it; see server.limits.cleanUp");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(int code, boolean lastWords) {
        try {
            session.edition().embedding().kill();
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
