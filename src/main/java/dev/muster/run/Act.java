package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What a verb does in a run. */
interface Act {

    Future<@Nullable Object> run(Scope scope, StepRun step, Arguments arguments);

    default Future<Items<Object>> open(Scope scope, Arguments arguments) {
        throw new UnsupportedOperationException("this call does not flow");
    }

    /** Whether it does no work of its own and so takes no turn where steps run one at a time. */
    default boolean isNested() {
        return false;
    }

    /** Whether it may change something where it is sent to. */
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
