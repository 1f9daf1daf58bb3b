package dev.muster.run;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The streaming of a step's items to the caller, only as fast as the caller takes them (back-pressure). On the run's loop. */
final class CallerStream {

    private final StepRun step;
    private final Scope scope;
    private final Items<Object> items;

    private CallerStream(StepRun step, Scope scope, Items<Object> items) {
        this.step = step;
        this.scope = scope;
        this.items = items;
    }

    /** Rejects a run with streamed steps if its listener takes no items, before anything has started. */
    static void check(Collection<String> streamed, RunListener listener) {
        if (!streamed.isEmpty() && !listener.takesItems()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", streamed)
                            + " go to the caller's event stream, and the caller requested none: request the run's events"
                            + " (muster run --stream)");
        }
    }

    /** Executes the call item by item; the result is null. */
    static Future<@Nullable Object> run(Scope scope, StepRun step, VerbCall call) {
        return VerbRun.open(scope, step, call)
                .compose(items -> Repeat.whileTrue(scope, new CallerStream(step, scope, items)::next))
                .map(ended -> null);
    }

    private Future<Boolean> next() {
        return items.next()
                .compose(item -> item.isEmpty()
                        ? Future.succeededFuture(false)
                        : told(item.get()).map(true));
    }

    private Future<Void> told(Object item) {
        return ReaderWait.until(step.run.listener().item(new Event.Item(step.path, item)), scope, step.run);
    }
}
