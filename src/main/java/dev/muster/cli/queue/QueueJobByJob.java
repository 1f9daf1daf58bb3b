package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Session;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies one operation to several jobs, one after the other. A failed job does not stop the others. */
final class QueueJobByJob {

    private QueueJobByJob() {}

    /**
     * Prints {@code {id, DONE: true}} for each success and reports each failure.
     *
     * @return the exit code
     * @throws MusterException if the queue itself or the access to it failed, so that every other job would fail too
     */
    static int of(
            Session session,
            QueueAdmin desk,
            String queue,
            List<String> ids,
            String done,
            Function<String, Future<@Nullable Void>> act)
            throws InterruptedException {
        int failed = 0;
        for (String id : ids) {
            if (session.stop().code().isPresent()) {
                break;
            }
            try {
                session.await(act.apply(id), QueueCommand.MAX_AFTER_STOP_MILLIS);
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("id", id);
                line.put(done, true);
                QueueOutput.line(session, line);
            } catch (MusterException e) {
                if (failed == 0) {
                    throwIfOfAll(e, session, desk, queue);
                }
                failed++;
                session.say("job " + id + ": " + e.type().word() + ": " + e.detail());
            }
        }
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void throwIfOfAll(MusterException failure, Session session, QueueAdmin desk, String queue)
            throws InterruptedException {
        if (failure.type() == ErrorType.DENIED || failure.type() == ErrorType.UNAVAILABLE) {
            throw failure;
        }
        if (failure.type() == ErrorType.NOT_FOUND) {
            // The job or its queue: the status of a queue that is not there fails too.
            session.await(desk.queue(queue), QueueCommand.MAX_AFTER_STOP_MILLIS);
        }
    }
}
