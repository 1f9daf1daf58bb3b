package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.run.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * What one message holds of the node's memory, from when it is read until it is answered. {@link #letGo} from any thread, all else on
 * the loop that the message is handled on.
 */
final class MessageMemory {

    private final MemoryBudget.Share share;
    private boolean isWeighed;
    private boolean isLetGo;

    /** That of a message which has nothing of this yet. */
    MessageMemory(MemoryBudget budget) {
        share = budget.share();
    }

    /** Where what is made of the message is counted. */
    MemoryBudget.Share share() {
        return share;
    }

    /**
     * Counts a body that was not counted as it was read, the first time.
     *
     * @throws dev.muster.plan.MusterException of type {@code limit} if the node has no memory for it
     */
    @Nullable
    Object weighed(@Nullable Object body) {
        if (!isWeighed) {
            isWeighed = true;
            Json.weigh(body, share);
        }
        return body;
    }

    /** Gives it back, but for what a run has of it; again does nothing. */
    synchronized void letGo() {
        if (!isLetGo) {
            isLetGo = true;
            share.letGo();
        }
    }
}
