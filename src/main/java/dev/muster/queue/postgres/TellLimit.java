package dev.muster.queue.postgres;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a node tells the others of a queue: at once after a quiet time, else once more when a short time is over. All
 * notifications of a database commit one behind the other, so that a busy queue must not make one for each batch.
 */
final class TellLimit {

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Loop loop;
    private final Runnable tell;
    private @Nullable Timer timer;
    private boolean isOwed;
    private boolean ended;

    /**
     * Nothing was told yet.
     *
     * @param tell tells what is so now
     */
    TellLimit(Loop loop, Runnable tell) {
        this.loop = loop;
        this.tell = tell;
    }

    /** Whether the call that is about to be made tells. If not, {@link #withheld} follows once it has been answered. */
    boolean mayTell() {
        if (timer != null || ended) {
            return false;
        }
        pause();
        return true;
    }

    /** Something happened that nobody has been told of. */
    void withheld() {
        if (ended) {
            return;
        }
        if (timer != null) {
            isOwed = true;
        } else {
            pause();
            tell.run();
        }
    }

    void end() {
        ended = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void pause() {
        timer = loop.schedule(PAUSE, () -> {
            timer = null;
            if (isOwed) {
                isOwed = false;
                withheld();
            }
        });
    }
}
