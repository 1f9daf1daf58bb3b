package dev.muster.queue.postgres;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The debouncer of notifications to other nodes: the first one after a quiet time is sent at once, further ones are combined into
 * one every 50 ms. The notifying transactions of a database commit one after another, so that a busy queue must not send one for
 * each batch. Runs on the loop.
 */
final class NotifyDebouncer {

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Loop loop;
    private final Runnable notify;
    private @Nullable Timer timer;
    private boolean isOwed;
    private boolean ended;

    /**
     * No notification yet.
     *
     * @param notify sends a notification about the current state
     */
    NotifyDebouncer(Loop loop, Runnable notify) {
        this.loop = loop;
        this.notify = notify;
    }

    /** Whether the next call to the database sends a notification itself. If not, {@link #withheld} must follow its response. */
    boolean mayNotify() {
        if (timer != null || ended) {
            return false;
        }
        pause();
        return true;
    }

    /** Notes a change that no notification was sent for. */
    void withheld() {
        if (ended) {
            return;
        }
        if (timer != null) {
            isOwed = true;
        } else {
            pause();
            notify.run();
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
