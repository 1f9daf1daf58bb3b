package dev.muster.node;

import dev.muster.log.LogEntry;
import dev.muster.run.RunStep;
import dev.muster.task.Tasks;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs the task or run that blocks an event loop, with the loop's stack trace. */
final class BlockedLoops {

    private static final Logger LOG = LoggerFactory.getLogger(BlockedLoops.class);

    private BlockedLoops() {}

    /** Installs the check for all loops of this Vert.x and all their task trees. Calling it once is enough. */
    static void watch(Vertx vertx) {
        ((VertxInternal) vertx)
                .blockedThreadChecker()
                .setThreadBlockedHandler(
                        event -> tell(event.thread(), TimeUnit.NANOSECONDS.toMillis(event.duration())));
    }

    private static void tell(Thread thread, long millis) {
        List<String> names = Tasks.current(thread);
        Optional<RunStep> at = RunStep.on(thread);
        var where = new IllegalStateException("where the loop is now");
        where.setStackTrace(thread.getStackTrace());
        LoggingEventBuilder line = LOG.atWarn().setCause(where);
        if (at.isPresent()) {
            line = line.addKeyValue(LogEntry.RUN, at.get().run())
                    .addKeyValue(LogEntry.PLAN, at.get().plan())
                    .addKeyValue(LogEntry.CALLER, at.get().caller())
                    .addKeyValue(LogEntry.STEP, at.get().step());
        }
        line.log("{} has held its event loop for {} ms: {}", who(at, names), millis, thread.getName());
    }

    private static String who(Optional<RunStep> at, List<String> names) {
        if (at.isEmpty()) {
            return names.isEmpty() ? "something" : "the task " + String.join("/", names);
        }
        RunStep running = at.get();
        return (running.step() == null ? "" : "step " + running.step() + " of ") + "plan " + running.plan() + " (run "
                + running.run() + ")";
    }
}
