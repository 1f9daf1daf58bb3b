package dev.muster.app;

import dev.muster.bus.Bridge;
import dev.muster.config.Durations;
import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.QueueDispatcher;
import dev.muster.dispatch.TakenRun;
import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.web.WebServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node stops taking in and lets end what runs, in these steps:
 *
 * <ol>
 *   <li>for a moment all goes on as before, but each answer asks its caller to take another connection, and probes are told;
 *   <li>nobody is let in any more, nobody waits at a queue, and connections without a request are closed;
 *   <li>runs end, within the time that there is;
 *   <li>what is left is cancelled, said to be, and cleans up.
 * </ol>
 *
 * @param loop which tells the time
 * @param dispatcher of the runs
 * @param queues whose callers wait no longer; runs still put into them
 * @param servers that let callers in
 * @param bridge whose connections are closed as they come to rest
 */
record Drain(Loop loop, Dispatcher dispatcher, QueueDispatcher queues, List<WebServer> servers, Bridge bridge) {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final Duration LEAST = Duration.ofMillis(1);

    /** More than what clean-up may take. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(5);

    /** Does so; blocks. */
    void within(Duration patience) throws InterruptedException {
        long endNanos = loop.nanos() + patience.toNanos();
        LOG.info("stopping: {} runs may go on for {}", dispatcher.running(), Durations.human(patience));
        pass(patience.compareTo(MOMENT) < 0 ? patience : MOMENT);
        Future<Void> sentAway = queues.stop();
        Future<Void> bridged = bridge.drain(loop);
        List<Future<Void>> shut = new ArrayList<>();
        // Longer than the runs have: who waits for one that is cancelled is to be told so.
        servers.forEach(server -> shut.add(server.shutdown(left(endNanos).plus(CLEAN_UP), bridged)));
        Waiting.ends(sentAway, left(endNanos));
        Waiting.ends(served(shut), left(endNanos));
        dispatcher.stop();
        if (!Waiting.ends(dispatcher.idle(), left(endNanos))) {
            cancelRest();
        }
        Waiting.ends(served(shut), MOMENT);
    }

    private void cancelRest() throws InterruptedException {
        for (TakenRun run : dispatcher.live()) {
            LOG.atWarn()
                    .addKeyValue(LogEntry.RUN, run.id())
                    .addKeyValue(LogEntry.PLAN, run.plan())
                    .addKeyValue(LogEntry.CALLER, run.owner())
                    .log("cancelled run {} of plan {} of {}: the node stops", run.id(), run.plan(), run.owner());
            run.cancel(CancelReason.shutdown("the node stops"));
        }
        Waiting.ends(dispatcher.idle(), CLEAN_UP);
    }

    private static Future<Void> served(List<Future<Void>> shut) {
        Future<Void> all = Future.succeededFuture();
        for (Future<Void> one : shut) {
            all = all.eventually(() -> one);
        }
        return all;
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
