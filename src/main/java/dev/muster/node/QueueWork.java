package dev.muster.node;

import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.Trigger;
import dev.muster.queue.CronClaims;
import dev.muster.queue.JobQueue;
import dev.muster.queue.MemoryCronClaims;
import dev.muster.queue.Queues;
import dev.muster.run.Program;
import dev.muster.service.RunManager;
import dev.muster.work.Consumers;
import dev.muster.work.CronScheduler;
import dev.muster.work.Lifecycle;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The background work of the node: the consumers and the cron schedules of the current deployment, spread over the
 * loops. When a new deployment begins, the work of the one before stops taking jobs and starting runs. For a moment
 * both claim cron times, and each time is granted once. Safe on any thread.
 */
final class QueueWork {

    private final RunManager runManager;
    private final Queues queues;
    private final List<Loop> loops;
    private final Function<Loop, CronClaims> claims;
    private Shift shift = new Shift(List.of(), () -> {});
    private @Nullable Future<Void> end;

    /** The work of one deployment, and an action for its end. */
    private record Shift(List<Lifecycle> work, Runnable onEnd) {

        Future<Void> stop() {
            return Futures.whenAllEnd(work.stream().map(Lifecycle::stop)).onComplete(done -> onEnd.run());
        }
    }

    /** Creates an idle instance. Cron times are agreed with the nodes that share a durable queue. */
    QueueWork(RunManager runManager, Resources resources, int loops) {
        this(runManager, resources, loops, ofNode(resources));
    }

    /**
     * Creates an idle instance.
     *
     * @param claims the claims of cron times for a loop; called for each deployment
     */
    QueueWork(RunManager runManager, Resources resources, int loops, Function<Loop, CronClaims> claims) {
        this.claims = claims;
        this.runManager = runManager;
        this.queues = resources.queues();
        this.loops =
                IntStream.range(0, loops).mapToObj(loop -> resources.loop()).toList();
    }

    /**
     * Starts the work of a deployment and stops that of the one before. The deployment stays open until its consumers
     * have ended. Does nothing after {@link #stop}.
     */
    synchronized void begin(LiveDeployment deployment) {
        if (end != null || !deployment.tryEnter()) {
            return;
        }
        Shift before = shift;
        var work = new ArrayList<Lifecycle>();
        deployment.programs().values().forEach(program -> addConsumers(deployment, program, work));
        addSchedules(deployment, work);
        work.forEach(Lifecycle::start);
        shift = new Shift(work, deployment::left);
        before.stop();
    }

    /** Stops taking jobs and starting runs. Completes when the remaining runs have ended and their queues have the outcomes. Idempotent. */
    synchronized Future<Void> stop() {
        if (end == null) {
            end = shift.stop();
        }
        return end;
    }

    private void addConsumers(LiveDeployment deployment, Program program, List<Lifecycle> work) {
        Trigger.Jobs jobs = program.plan().trigger() instanceof Trigger.Jobs found ? found : null;
        JobQueue queue = jobs == null ? null : queues.find(jobs.queue()).orElse(null);
        if (jobs == null || queue == null) {
            return;
        }
        int over = Math.min(jobs.consumers(), loops.size());
        for (int i = 0; i < over; i++) {
            work.add(new Consumers(
                    loops.get(i),
                    deployment,
                    runManager,
                    program,
                    queue,
                    share(jobs.consumers(), over, i),
                    share(jobs.prefetch(), over, i)));
        }
    }

    private void addSchedules(LiveDeployment deployment, List<Lifecycle> work) {
        List<Program> timed = deployment.programs().values().stream()
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
            work.add(new CronScheduler(loop, deployment, runManager, part, claims.apply(loop)));
        }
    }

    private static Function<Loop, CronClaims> ofNode(Resources resources) {
        var alone = new MemoryCronClaims(resources.loop()::wallTime);
        return loop -> resources.queues().claims(loop).orElse(alone);
    }

    private static int share(int all, int parts, int part) {
        return all / parts + (part < all % parts ? 1 : 0);
    }
}
