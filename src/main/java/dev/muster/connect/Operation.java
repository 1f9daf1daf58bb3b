package dev.muster.connect;

import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** A prepared call of a step. Safe on every thread; each run is on the loop of its scope. */
public interface Operation {

    /**
     * Does it, once.
     *
     * @param scope the step's task: everything it waits for must be a wait of this scope, so that a cancel ends it
     * @return a JSON value, or a failure that is a {@link dev.muster.plan.MusterException} or the scope's own cancel
     */
    Future<@Nullable Object> run(Scope scope, Arguments arguments);

    /**
     * Begins to do it item by item, where the verb's words say that it can flow. What it opens is closed by a clean-up of
     * the scope.
     */
    default Future<Items<Object>> open(Scope scope, Arguments arguments) {
        throw new UnsupportedOperationException("this call does not flow");
    }
}
