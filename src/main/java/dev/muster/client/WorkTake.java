package dev.muster.client;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pending take of a worker, one at a time. Runs on the worker's loop. */
final class WorkTake {

    /** The receiver of the jobs of a take. */
    @FunctionalInterface
    interface Taker {

        /** Receives the jobs of a take, or its failure. */
        void taken(List<TakenJob> jobs, @Nullable Throwable failure);
    }

    private final Loop loop;
    private final QueueClient queue;
    private @Nullable QueueRequest<List<TakenJob>> asked;
    private @Nullable Taker taker;
    private @Nullable Timer patience;

    WorkTake(Loop loop, QueueClient queue) {
        this.loop = loop;
        this.queue = queue;
    }

    /** Whether a take is pending. */
    boolean isThere() {
        return asked != null;
    }

    void ask(int max, Duration wait, Taker taker) {
        QueueRequest<List<TakenJob>> mine = queue.taking(max, wait);
        asked = mine;
        this.taker = taker;
        mine.answer()
                .onComplete((given, failure) -> loop.execute(() -> {
                    List<TakenJob> jobs = given == null ? List.of() : given;
                    if (asked == mine) {
                        end(jobs, failure);
                    } else if (!jobs.isEmpty()) {
                        queue.settle(
                                "release", jobs.stream().map(JobMessages::lease).toList());
                    }
                }));
    }

    /**
     * Withdraws the pending take, so that the node responds now. If it does not respond within {@link Channel#PATIENCE}, the take
     * ends empty.
     */
    void withdraw() {
        if (asked != null) {
            patience = loop.schedule(Channel.PATIENCE, () -> end(List.of(), null));
            asked.withdraw().run();
        }
    }

    private void end(List<TakenJob> jobs, @Nullable Throwable failure) {
        Taker told = taker;
        asked = null;
        taker = null;
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
        if (told != null) {
            told.taken(jobs, failure);
        }
    }
}
