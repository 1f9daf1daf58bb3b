package dev.muster.connect;

import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbWords;
import io.vertx.core.Future;

/** One verb with what executes it: its words for the parser, its clients, its cancel. Safe on every thread. */
public interface Connector {

    /** The verb's words. */
    VerbWords words();

    /** Prepares the call of one step, once for a plan; no input or output. The result is used by many runs at once. */
    Operation prepare(VerbCall call);

    /** Closes what it has opened, if anything, after the runs that use it have ended. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
