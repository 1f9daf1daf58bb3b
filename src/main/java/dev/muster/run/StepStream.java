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
 * A step whose items are streamed to another step, the reader. On the run's loop.
 *
 * <p>The task of the step opens the source and then waits until the reader has finished. Its time-out and clean-up
 * therefore cover the whole reading, and items are read only as fast as the reader uses them (back-pressure).
 */
final class StepStream implements Items<EachRun.Held> {

    private final StepRun source;
    private final Promise<Items<EachRun.Held>> opened = Promise.promise();
    private final Promise<@Nullable Object> read = Promise.promise();
    private @Nullable Items<Object> items;
    private @Nullable Throwable broken;
    private Consumer<Throwable> whenBroken = why -> {};
    private long count;

    private StepStream(StepRun source) {
        this.source = source;
    }

    /** Opens the source of a reader, as a child of the scope. */
    static Future<Items<EachRun.Held>> open(Scope scope, StepRun reader) {
        var flow = new StepStream(reader.flowSource());
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
     * Sets a callback for a failure of the source while it is open. The reader would see the failure only with its next
     * item, after long work on earlier items that is no longer useful.
     */
    void whenBroken(Consumer<Throwable> onFailure) {
        whenBroken = onFailure;
    }

    /**
     * Processes the end of the source's task. If it was never opened, it failed, took its default or was skipped: except
     * after a failure, the reader then gets an empty source.
     */
    private void sourceEnded(Task<@Nullable Object> task) {
        if (task.state() == State.FINISHED) {
            opened.tryComplete(Items.of(Collections.emptyIterator(), 0));
        } else {
            broken = task.failure();
            opened.tryFail(broken);
            // A cancel of the run reaches the reader by itself.
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
