package dev.muster.web;

import dev.muster.run.MemoryBudget;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** What one request holds of the node's memory: nothing before it asks. On the loop of the request. */
final class RequestMemory {

    private final MemoryBudget budget;
    private MemoryBudget.@Nullable Share share;
    private boolean isLetGo;

    RequestMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Its share; one that was let go where the answer has ended already. */
    MemoryBudget.Share share(HttpServerResponse response) {
        MemoryBudget.Share held = share;
        if (held == null) {
            held = budget.share();
            share = held;
            if (response.closed() || response.ended()) {
                letGo();
            }
        }
        return held;
    }

    /** Gives it back; again does nothing. */
    void letGo() {
        if (share != null && !isLetGo) {
            isLetGo = true;
            share.letGo();
        }
    }
}
