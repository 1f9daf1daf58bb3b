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

/** A step whose items go to the caller's stream, only as fast as the caller takes them. On the run's loop. */
final class Outflow {

    private final StepRun step;
    private final Scope scope;
    private final Items<Object> items;

    private Outflow(StepRun step, Scope scope, Items<Object> items) {
        this.step = step;
        this.scope = scope;
        this.items = items;
    }

    /** Refuses a run whose items nobody would take, before anything of it has begun. */
    static void check(Collection<String> streamed, RunListener listener) {
        if (!streamed.isEmpty() && !listener.takesItems()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", streamed)
                            + " go to the caller's stream, and the caller takes none: ask for the run's events"
                            + " (muster run --stream)");
        }
    }

    /** Does what the call says, item by item; gives null. */
    static Future<@Nullable Object> run(Scope scope, StepRun step, VerbCall call) {
        return VerbRun.open(scope, step, call)
                .compose(items -> Repeat.whileTrue(scope, new Outflow(step, scope, items)::next))
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
