package dev.muster.run;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A step whose items flow one by one into another step. On the run's loop.
 *
 * <p>The step's task opens the source and then waits until its reader is done with it: so its time-out and its clean-up
 * cover the whole reading, and its items are read only as fast as they are used.
 */
final class Flow implements Items<EachRun.Held> {

    private final StepRun source;
    private final Promise<Items<EachRun.Held>> opened = Promise.promise();
    private final Promise<@Nullable Object> read = Promise.promise();
    private @Nullable Items<Object> items;
    private @Nullable Throwable broken;
    private Consumer<Throwable> whenBroken = why -> {};
    private long count;

    private Flow(StepRun source) {
        this.source = source;
    }

    /** Opens what flows into a step, as a child of the scope. */
    static Future<Items<EachRun.Held>> open(Scope scope, StepRun reader) {
        var flow = new Flow(reader.flowSource());
        flow.source.startFlow(scope, flow::run).onEnd(flow::sourceEnded);
        return scope.await("the source", flow.opened.future());
    }

    private Future<@Nullable Object> run(Scope scope) {
        if (items != null) {
            return read.future();
        }
        VerbCall call = (VerbCall) source.step.action();
        return VerbRun.open(scope, source, call).compose(begun -> {
            items = begun;
            opened.complete(this);
            return scope.await("its reader", read.future());
        });
    }

    /**
     * Has the reader told when the source fails while it is open. It would learn it with the next item, but what it does with those
     * before may take long, and nobody wants that any more.
     */
    void whenBroken(Consumer<Throwable> told) {
        whenBroken = told;
    }

    /** Without being opened, it failed, or took a default or was skipped: then there is nothing to read. */
    private void sourceEnded(Task<@Nullable Object> task) {
        if (task.state() == State.FINISHED) {
            opened.tryComplete(Items.of(Collections.emptyIterator(), 0));
        } else {
            broken = task.failure();
            opened.tryFail(broken);
            // The cancel of a run reaches the reader by itself.
            if (task.state() != State.CANCELLED) {
                whenBroken.accept(broken);
            }
        }
    }

    @Override
    public Future<Optional<EachRun.Held>> next() {
        if (items == null) {
            throw new IllegalStateException("the flow of " + source.path + " is not open");
        }
        if (broken != null) {
            return Future.failedFuture(broken);
        }
        return items.next().map(this::counted).onComplete((next, failure) -> {
            if (failure != null) {
                read.tryFail(failure);
            } else if (next.isEmpty()) {
                read.tryComplete(null);
            }
        });
    }

    private Optional<EachRun.Held> counted(Optional<Object> next) {
        long most = source.run.limits().eachItems();
        if (next.isPresent() && ++count > most) {
            throw new MusterException(
                    ErrorType.LIMIT, source.path + " has more than " + most + " items (server.limits.eachItems)");
        }
        return next.map(EachRun.Held::new);
    }
}
