package dev.muster.run;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Computes off the loop what would hold it too long. */
@FunctionalInterface
public interface Offload {

    /** Runs the work on a worker; the scope's cancel ends it or abandons it. The work touches no state of the run. */
    Future<@Nullable Object> compute(Scope scope, Supplier<@Nullable Object> work);
}
