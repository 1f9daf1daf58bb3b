package dev.muster.web;

import dev.muster.run.MemoryBudget;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** The share of the node's memory budget that one request holds; created on first use. Runs on the loop of the request. */
final class RequestMemory {

    private final MemoryBudget budget;
    private MemoryBudget.@Nullable Share share;
    private boolean isLetGo;

    RequestMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** The share. If the response has ended already, the share is released at once. */
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

    /** Releases the share. Idempotent. */
    void letGo() {
        if (share != null && !isLetGo) {
            isLetGo = true;
            share.letGo();
        }
    }
}
