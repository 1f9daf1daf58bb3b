package dev.muster.app;

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
     */
    static int of(Session session, List<String> ids, String done, Function<String, Future<@Nullable Void>> act)
            throws InterruptedException {
        int failed = 0;
        for (String id : ids) {
            if (session.stop().code().isPresent()) {
                break;
            }
            try {
                session.await(act.apply(id), QueueCommand.MOST_AFTER_STOP_MILLIS);
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("id", id);
                line.put(done, true);
                QueueOutput.line(session, line);
            } catch (MusterException e) {
                // The queue itself or the access to it failed, so every other job would fail too.
                if (failed == 0 && isOfAll(e)) {
                    throw e;
                }
                failed++;
                session.say("job " + id + ": " + e.type().word() + ": " + e.detail());
            }
        }
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static boolean isOfAll(MusterException failure) {
        return failure.type() == ErrorType.DENIED
                || failure.type() == ErrorType.UNAVAILABLE
                || failure.type() == ErrorType.NOT_FOUND && failure.detail().contains("no such queue");
    }
}
