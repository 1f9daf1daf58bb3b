package dev.muster.bus;

import dev.muster.dispatch.QueueAnswer;
import dev.muster.dispatch.TakenRun;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody who sent a message and waits for the reply. On the loop that it is handled on. */
interface Asker {

    /** A header of the message. */
    @Nullable
    String header(String name);

    /** All values of a header of the message, in their order. */
    default List<String> headers(String name) {
        String value = header(name);
        return value == null ? List.of() : List.of(value);
    }

    /**
     * The body as a JSON value, which is counted as {@link #memory}.
     *
     * @throws MusterException of type {@code badInput} or {@code limit}
     */
    @Nullable
    Object body();

    /** What the message holds of the node's memory, until it is answered or whoever asks is gone. */
    MemoryBudget.Share memory();

    /** Whether nobody waits any more. */
    boolean isGone();

    /** Has somebody told if it goes before this has completed. Whoever cannot know that it goes tells nobody. */
    default void whenGone(Future<?> until, Runnable told) {}

    /**
     * Where the events of a run go.
     *
     * @throws MusterException of type {@code denied}
     */
    EventTarget target(String address);

    /** The run that it brought about. */
    void brought(TakenRun run);

    /** What it asked of a queue and waits for; given up if it goes before that. */
    void waits(QueueAnswer<?> answer);

    /** Replies with a JSON value. */
    void reply(@Nullable Object value, Map<String, String> headers);

    /** Replies with a JSON value that nobody else has, and that can be changed. */
    default void handOver(@Nullable Object value) {
        reply(value, Map.of());
    }

    /** Replies with a failure. */
    void fail(BusError error);
}
