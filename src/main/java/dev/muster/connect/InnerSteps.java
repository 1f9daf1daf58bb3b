package dev.muster.connect;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The steps that are written inside a call, ready to be run by it. On the loop of the call's scope. */
@FunctionalInterface
public interface InnerSteps {

    /**
     * Runs them one after another, once; the first failure ends it.
     *
     * @param session what their operations get
     * @return the last one's result, when all that began have ended
     */
    Future<@Nullable Object> run(Scope scope, CallSession session);
}
