package dev.muster.run;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The seam for computations that would hold the loop for too long. */
@FunctionalInterface
public interface Offload {

    /** Runs the work on a worker thread. A cancel of the scope ends or abandons it. The work must not touch the state of the run. */
    Future<@Nullable Object> compute(Scope scope, Supplier<@Nullable Object> work);
}
