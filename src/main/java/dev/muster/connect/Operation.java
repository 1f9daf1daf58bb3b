package dev.muster.connect;

import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** A prepared call of a step. Safe on any thread; each execution runs on the loop of its scope. */
public interface Operation {

    /**
     * Executes the call once.
     *
     * @param scope the task of the step; every wait must go through this scope, so that a cancel ends it
     * @return a JSON value, or a failure that is a {@link dev.muster.plan.MusterException} or the cancel of the scope
     */
    Future<@Nullable Object> run(Scope scope, Arguments arguments);

    /**
     * Executes the call as a stream of items; only for verbs whose words allow streaming. A clean-up of the scope closes whatever
     * this method opens.
     *
     * @throws UnsupportedOperationException if the verb does not stream
     */
    default Future<Items<Object>> open(Scope scope, Arguments arguments) {
        throw new UnsupportedOperationException("this call does not flow");
    }
}
