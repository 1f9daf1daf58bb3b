package dev.muster.connect;

import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The implementation of one verb: its words for the parser, its clients, its cancel. Safe on any thread. */
public interface Connector {

    /** The specification of the verb's words. */
    VerbSpec words();

    /**
     * Prepares the call of one step, once for each plan, without input or output. Many runs use the returned operation at the same
     * time.
     */
    Operation prepare(VerbCall call);

    /**
     * Checks that a source is ready: it answers. Completes then, and fails with the reason otherwise. A verb without sources is always
     * ready. Runs on the scope's loop.
     *
     * @throws IllegalArgumentException if there is no such source
     */
    default Future<@Nullable Void> ready(Scope scope, String source) {
        return Future.succeededFuture();
    }

    /** Starts background work for long-running nodes, such as cleaning up what dead nodes left behind. */
    default void start() {}

    /** A snapshot of each source, by name. Safe on any thread. */
    default Map<String, ? extends Record> statistics() {
        return Map.of();
    }

    /** Closes the connector's own clients, if it has any. Called after the runs that use them have ended. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
