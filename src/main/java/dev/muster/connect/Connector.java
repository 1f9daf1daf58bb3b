package dev.muster.connect;

import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import io.vertx.core.Future;

/** The implementation of one verb: its words for the parser, its clients, its cancel. Safe on any thread. */
public interface Connector {

    /** The specification of the verb's words. */
    VerbSpec words();

    /**
     * Prepares the call of one step, once for each plan, without input or output. Many runs use the returned operation at the same
     * time.
     */
    Operation prepare(VerbCall call);

    /** Closes the connector's own clients, if it has any. Called after the runs that use them have ended. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
