package dev.muster.connect;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The steps that are nested in a call, ready for the call to run them. Runs on the loop of the call's scope. */
@FunctionalInterface
public interface InnerSteps {

    /**
     * Runs the steps once, one after another; the first failure ends the sequence.
     *
     * @param session passed to the operations of the steps
     * @return the result of the last step, once all started steps have ended
     */
    Future<@Nullable Object> run(Scope scope, CallSession session);
}
