package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.run.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * The share of the node's memory budget that one message holds, from parsing until the answer. {@link #release} is safe on any
 * thread; everything else runs on the loop that handles the message.
 */
final class MessageMemory {

    private final MemoryBudget.Share share;
    private boolean isWeighed;
    private boolean isLetGo;

    MessageMemory(MemoryBudget budget) {
        share = budget.share();
    }

    /** The share that everything made from the message is charged to. */
    MemoryBudget.Share share() {
        return share;
    }

    /**
     * Charges a body that was not charged while it was parsed. Later calls charge nothing.
     *
     * @throws dev.muster.plan.MusterException of type {@code limit} if the node's memory budget is exhausted
     */
    @Nullable
    Object weighed(@Nullable Object body) {
        if (!isWeighed) {
            isWeighed = true;
            Json.weigh(body, share);
        }
        return body;
    }

    /** Releases the share, except the part that a run holds. Idempotent. */
    synchronized void release() {
        if (!isLetGo) {
            isLetGo = true;
            share.letGo();
        }
    }
}
