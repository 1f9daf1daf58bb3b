package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The executable operation of a verb call. On the run's loop. */
interface Act {

    Future<@Nullable Object> run(Scope scope, StepRun step, Arguments arguments);

    default Future<Items<Object>> open(Scope scope, Arguments arguments) {
        throw new UnsupportedOperationException("this call does not flow");
    }

    /** Whether the call only runs other steps, so that it takes no turn in a sequential run. */
    default boolean isNested() {
        return false;
    }

    /** Whether the call can change data in its source. */
    default boolean hasEffects() {
        return false;
    }

    static Act of(Operation operation, boolean hasEffects) {
        return new Act() {
            @Override
            public boolean hasEffects() {
                return hasEffects;
            }

            @Override
            public Future<@Nullable Object> run(Scope scope, StepRun step, Arguments arguments) {
                return operation.run(scope, arguments);
            }

            @Override
            public Future<Items<Object>> open(Scope scope, Arguments arguments) {
                return operation.open(scope, arguments);
            }
        };
    }
}
