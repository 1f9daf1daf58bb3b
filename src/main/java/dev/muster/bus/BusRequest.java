package dev.muster.bus;

import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.OnLoop;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request over the event bus or a bridge, and the way to answer it. Runs on the loop that handles the request. */
interface BusRequest {

    /** The value of a header, or null. Of several values, the first; several credentials are joined to a list. */
    @Nullable
    String header(String name);

    /** All values of a header, in order. */
    default List<String> headers(String name) {
        String value = header(name);
        return value == null ? List.of() : List.of(value);
    }

    /**
     * The body as a JSON value; its size is charged to {@link #memory}.
     *
     * @throws MusterException of type {@code badInput} or {@code limit}
     */
    @Nullable
    Object body();

    /** The request's share of the node's memory budget, held until the request is answered or its sender has left. */
    MemoryBudget.Share memory();

    /** Whether the sender has left, so that no answer is needed. Always false where that cannot be known. */
    boolean isGone();

    /** Runs the listener if the sender leaves before {@code until} completes. Does nothing where that cannot be known. */
    default void whenGone(Future<?> until, Runnable listener) {}

    /**
     * The target for the events of a run.
     *
     * @throws MusterException of type {@code denied}
     */
    EventFeed.Target target(String address);

    /** Binds a run to the request: the run is cancelled if the sender leaves. */
    void bindRun(ManagedRun run);

    /** Binds a waiting queue operation to the request: the wait is cancelled if the sender leaves. */
    void bindWait(PendingRequest<?> pending);

    /** Passes the result of a future to {@code next} unless the sender has left; replies with the failure otherwise. */
    default <T> void then(Loop loop, Future<T> future, Consumer<? super T> next) {
        Consumer<T> unlessGone = result -> {
            if (!isGone()) {
                next.accept(result);
            }
        };
        OnLoop.then(loop, future, unlessGone, failure -> fail(BusError.of(failure)));
    }

    /** Replies with a JSON value. */
    void reply(@Nullable Object value, Map<String, String> headers);

    /** Replies with a JSON value that the callee owns and can modify. */
    default void handOver(@Nullable Object value) {
        reply(value, Map.of());
    }

    /** Replies with a failure. */
    void fail(BusError error);
}
