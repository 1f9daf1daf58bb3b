package dev.muster.app;

import dev.muster.dispatch.Dispatcher;
import dev.muster.loop.Loop;
import dev.muster.plan.Trigger;
import dev.muster.queue.JobQueue;
import dev.muster.queue.Queues;
import dev.muster.run.Program;
import dev.muster.work.Consumers;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the node works on by itself: the consumers of the plans that are offered, spread over its loops. When another generation
 * is offered, its consumers begin, and those of the one before take no more jobs. Safe on every thread.
 */
final class QueueWork {

    private final Dispatcher dispatcher;
    private final Queues queues;
    private final List<Loop> loops;
    private Shift shift = new Shift(List.of(), () -> {});
    private @Nullable Future<Void> end;

    /** The consumers of one generation, and what to do once they have all ended. */
    private record Shift(List<Consumers> consumers, Runnable ended) {

        Future<Void> stop() {
            Future<Void> all = Future.succeededFuture();
            for (Consumers one : consumers) {
                Future<Void> end = one.stop();
                all = all.eventually(() -> end);
            }
            return all.onComplete(done -> ended.run());
        }
    }

    /** Of nobody yet. */
    QueueWork(Dispatcher dispatcher, Resources resources, int loops) {
        this.dispatcher = dispatcher;
        this.queues = resources.queues();
        this.loops =
                IntStream.range(0, loops).mapToObj(loop -> resources.loop()).toList();
    }

    /** Begins with what a generation offers; it is kept open until its consumers have ended. */
    synchronized void begin(Generation generation) {
        if (end != null || !generation.tryEnter()) {
            return;
        }
        Shift before = shift;
        var consumers = new ArrayList<Consumers>();
        generation.programs().values().forEach(program -> hire(generation, program, consumers));
        consumers.forEach(Consumers::start);
        shift = new Shift(consumers, generation::left);
        before.stop();
    }

    /** Takes no more jobs; completes when the runs that go on have ended and their queues know of it. */
    synchronized Future<Void> stop() {
        if (end == null) {
            end = shift.stop();
        }
        return end;
    }

    private void hire(Generation generation, Program program, List<Consumers> hired) {
        Trigger trigger = program.plan().trigger();
        JobQueue queue = trigger == null ? null : queues.find(trigger.queue()).orElse(null);
        if (trigger == null || queue == null) {
            return;
        }
        int over = Math.min(trigger.consumers(), loops.size());
        for (int i = 0; i < over; i++) {
            hired.add(new Consumers(
                    loops.get(i),
                    generation,
                    dispatcher,
                    program,
                    queue,
                    share(trigger.consumers(), over, i),
                    share(trigger.prefetch(), over, i)));
        }
    }

    private static int share(int all, int parts, int part) {
        return all / parts + (part < all % parts ? 1 : 0);
    }
}
