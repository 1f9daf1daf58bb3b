package dev.muster.app;

import dev.muster.dispatch.Dispatcher;
import dev.muster.loop.Loop;
import dev.muster.plan.Trigger;
import dev.muster.queue.Fires;
import dev.muster.queue.JobQueue;
import dev.muster.queue.MemoryFires;
import dev.muster.queue.Queues;
import dev.muster.run.Program;
import dev.muster.work.Clockwork;
import dev.muster.work.Consumers;
import dev.muster.work.Duty;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the node works on by itself: the consumers of the plans that are offered, and those that run by the clock, spread over its
 * loops. When another generation is offered, its work begins, and that of the one before begins nothing more: for a moment both claim
 * the times of the clock, of which each is granted once. Safe on every thread.
 */
final class QueueWork {

    private final Dispatcher dispatcher;
    private final Queues queues;
    private final List<Loop> loops;
    private final Function<Loop, Fires> fires;
    private Shift shift = new Shift(List.of(), () -> {});
    private @Nullable Future<Void> end;

    /** The work of one generation, and what to do once it has all ended. */
    private record Shift(List<Duty> duties, Runnable ended) {

        Future<Void> stop() {
            Future<Void> all = Future.succeededFuture();
            for (Duty one : duties) {
                Future<Void> end = one.stop();
                all = all.eventually(() -> end);
            }
            return all.onComplete(done -> ended.run());
        }
    }

    /** Of nobody yet. Times are shared with the nodes that share a durable queue. */
    QueueWork(Dispatcher dispatcher, Resources resources, int loops) {
        this(dispatcher, resources, loops, ofNode(resources));
    }

    /**
     * Of nobody yet.
     *
     * @param fires gives what is agreed of the times of the clock, for a loop; asked for each generation
     */
    QueueWork(Dispatcher dispatcher, Resources resources, int loops, Function<Loop, Fires> fires) {
        this.fires = fires;
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
        var duties = new ArrayList<Duty>();
        generation.programs().values().forEach(program -> hire(generation, program, duties));
        wind(generation, duties);
        duties.forEach(Duty::start);
        shift = new Shift(duties, generation::left);
        before.stop();
    }

    /** Takes no more jobs; completes when the runs that go on have ended and their queues know of it. */
    synchronized Future<Void> stop() {
        if (end == null) {
            end = shift.stop();
        }
        return end;
    }

    private void hire(Generation generation, Program program, List<Duty> hired) {
        Trigger.Jobs jobs = program.plan().trigger() instanceof Trigger.Jobs found ? found : null;
        JobQueue queue = jobs == null ? null : queues.find(jobs.queue()).orElse(null);
        if (jobs == null || queue == null) {
            return;
        }
        int over = Math.min(jobs.consumers(), loops.size());
        for (int i = 0; i < over; i++) {
            hired.add(new Consumers(
                    loops.get(i),
                    generation,
                    dispatcher,
                    program,
                    queue,
                    share(jobs.consumers(), over, i),
                    share(jobs.prefetch(), over, i)));
        }
    }

    private void wind(Generation generation, List<Duty> wound) {
        List<Program> timed = generation.programs().values().stream()
                .filter(program -> program.plan().trigger() instanceof Trigger.Times)
                .toList();
        int over = Math.min(timed.size(), loops.size());
        for (int i = 0; i < over; i++) {
            int own = i;
            List<Program> part = IntStream.range(0, timed.size())
                    .filter(number -> number % over == own)
                    .mapToObj(timed::get)
                    .toList();
            Loop loop = loops.get(i);
            wound.add(new Clockwork(loop, generation, dispatcher, part, fires.apply(loop)));
        }
    }

    private static Function<Loop, Fires> ofNode(Resources resources) {
        var alone = new MemoryFires(resources.loop()::wallTime);
        return loop -> resources.queues().fires(loop).orElse(alone);
    }

    private static int share(int all, int parts, int part) {
        return all / parts + (part < all % parts ? 1 : 0);
    }
}
