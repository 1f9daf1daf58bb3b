package dev.muster.node;

import dev.muster.bus.Bridge;
import dev.muster.config.Durations;
import dev.muster.log.LogEntry;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.service.ManagedRun;
import dev.muster.service.QueueService;
import dev.muster.service.RunManager;
import dev.muster.task.CancelReason;
import dev.muster.web.WebServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drain of a node, in these steps:
 *
 * <ol>
 *   <li>For one second the node keeps serving, but reports not ready and closes connections after each response.
 *   <li>It accepts no more requests, ends all waits at queues, and closes idle connections.
 *   <li>Runs go on until the drain time is over.
 *   <li>The remaining runs are cancelled, logged and cleaned up.
 * </ol>
 *
 * @param loop the loop that provides the time
 * @param runManager the manager of the runs
 * @param queues the queues, whose waiting callers are released; runs can still put jobs
 * @param servers the HTTP servers
 * @param bridge the event-bus bridge, whose connections are closed when they are idle
 * @param cleanUp the time that cancelled runs have
 */
record Drain(
        Loop loop,
        RunManager runManager,
        QueueService queues,
        List<WebServer> servers,
        Bridge bridge,
        Duration cleanUp) {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final Duration LEAST = Duration.ofMillis(1);

    /** The longest time that {@link #within} takes. */
    static Duration longest(Duration patience, Duration cleanUp) {
        return patience.plus(cleanUp).plus(MOMENT);
    }

    /** Drains the node within this time, the clean-up of cancelled runs and a moment for their responses. Blocks. */
    void within(Duration patience) throws InterruptedException {
        long endNanos = loop.nanos() + patience.toNanos();
        LOG.info("stopping: {} runs have up to {} to end", runManager.running(), Durations.human(patience));
        pass(patience.compareTo(MOMENT) < 0 ? patience : MOMENT);
        Set<String> cancelled = new HashSet<>();
        if (loop.nanos() >= endNanos) {
            // No time is left for the runs, and they need not wait until the servers have stopped.
            runManager.stop();
            cancelRest(cancelled);
        }
        Future<Void> sentAway = queues.stop();
        Future<Void> bridged = bridge.drain(loop);
        // Longer than the drain time, so that a caller who waits for a cancelled run still gets its response.
        Future<Void> served = Futures.whenAllEnd(
                servers.stream().map(server -> server.shutdown(left(endNanos).plus(cleanUp), bridged)));
        Waiting.ends(sentAway, left(endNanos));
        Waiting.ends(served, left(endNanos));
        runManager.stop();
        if (!Waiting.ends(runManager.idle(), left(endNanos))) {
            cancelRest(cancelled);
            Waiting.ends(runManager.idle(), cleanUp);
        }
        Waiting.ends(served, MOMENT);
    }

    /**
     * Cancels and logs the runs that are not in this set, and adds them. A run can begin between two calls, if its request was admitted
     * before the manager of the runs stopped.
     */
    private void cancelRest(Set<String> cancelled) {
        List<ManagedRun> rest = runManager.live().stream()
                .filter(run -> cancelled.add(run.id()))
                .toList();
        rest.forEach(run -> run.cancel(CancelReason.shutdown("the node stops")));
        for (ManagedRun run : rest) {
            LOG.atWarn()
                    .addKeyValue(LogEntry.RUN, run.id())
                    .addKeyValue(LogEntry.PLAN, run.plan())
                    .addKeyValue(LogEntry.CALLER, run.owner())
                    .log("cancelled run {} of plan {} of {}: the node stops", run.id(), run.plan(), run.owner());
        }
    }

    private void pass(Duration time) throws InterruptedException {
        Promise<Void> passed = Promise.promise();
        loop.execute(() -> loop.schedule(time, passed::complete));
        Waiting.ends(passed.future(), time.multipliedBy(2));
    }

    private Duration left(long endNanos) {
        Duration left = Duration.ofNanos(endNanos - loop.nanos());
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }
}
