package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobQueue;
import dev.muster.service.PendingRequest;
import dev.muster.service.QueueService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue take}: takes jobs and prints them as lines for a script. */
final class QueueTakeCommand implements QueueCommand.Subcommand {

    private static final String MAX = "--max";
    private static final String WAIT = "--wait";
    private static final String ACK = "--ack";
    private static final String FOLLOW = "--follow";
    private static final Duration FOLLOWING = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "take";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Takes jobs and prints them, one per line, each with its lease.",
                        "muster queue take thumbnails --max 10 --wait 5s",
                        "muster queue take thumbnails --ack --max 100 | jq -c .body",
                        "muster queue take thumbnails --ack --follow --max 100 | while read -r job; do work \"$job\"; done",
                        "",
                        "Without --ack the jobs are leased: the worker acknowledges them over HTTP, or they return to the",
                        "queue when their leases expire. With --ack they are done once the reader has taken the output.")
                .addPositional(QueueOptions.queue())
                .addOption(Options.value(
                        MAX, "N", Integer.class, "The maximum number of jobs at once, up to 1000; default 1."))
                .addOption(Options.value(
                        WAIT, "TIME", String.class, "The longest wait for the first job, up to 5m; default: no wait."))
                .addOption(
                        Options.flag(ACK, "Acknowledges jobs once they are written; releases them if writing fails."))
                .addOption(
                        Options.flag(FOLLOW, "With --ack: continues until Ctrl-C, or until a closed queue is empty."));
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        QueueOptions.number(parsed, MAX, 1, 1, JobQueue.MAX_TAKEN);
        if (wait(parsed).compareTo(QueueService.LONGEST_WAIT) > 0) {
            throw new UsageException(WAIT + " must be from 0s to " + Durations.format(QueueService.LONGEST_WAIT));
        }
        if (Options.has(parsed, FOLLOW) && !Options.has(parsed, ACK)) {
            throw new UsageException(FOLLOW + " goes with " + ACK);
        }
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        int max = QueueOptions.number(parsed, MAX, 1, 1, JobQueue.MAX_TAKEN);
        boolean follows = Options.has(parsed, FOLLOW);
        int code = ExitCode.DONE;
        // From here on a stop request leaves time to return jobs that are still delivered.
        try (var registration = session.stop().tell(Session.MAX_AFTER_STOP, reason -> {})) {
            do {
                List<Map<String, @Nullable Object>> jobs = taken(session, admin.take(queue, max, wait(parsed)));
                jobs.forEach(job -> QueueOutput.line(session, job));
                if (Options.has(parsed, ACK)) {
                    code = Math.max(code, settle(session, admin, queue, jobs));
                }
                if (jobs.isEmpty() && !follows) {
                    session.say("no job of " + queue + " can be taken");
                }
                follows = follows && !(jobs.isEmpty() && isOver(session, admin, queue));
            } while (follows && session.stop().code().isEmpty());
        }
        return code;
    }

    private static Duration wait(ParseResult parsed) {
        return QueueOptions.duration(parsed, WAIT, Options.has(parsed, FOLLOW) ? FOLLOWING : Duration.ZERO);
    }

    /** The jobs that were delivered; empty if a stop is requested first. */
    private static List<Map<String, @Nullable Object>> taken(
            Session session, PendingRequest<List<Map<String, @Nullable Object>>> answer) throws InterruptedException {
        try (var registration = session.stop().tell(Session.MAX_AFTER_STOP, answer.giveUp())) {
            return session.await(answer.future());
        } catch (MusterException e) {
            if (e.type() == ErrorType.CANCELLED && session.stop().code().isPresent()) {
                return List.of();
            }
            throw e;
        }
    }

    /** Acknowledges the jobs if standard output has accepted them, and releases them otherwise. */
    private static int settle(Session session, QueueAdmin admin, String queue, List<Map<String, @Nullable Object>> jobs)
            throws InterruptedException {
        session.stop().orAsked(session.written());
        boolean isRead = session.written().getNow(false);
        List<Future<@Nullable Void>> answers = new ArrayList<>();
        for (Map<String, @Nullable Object> job : jobs) {
            String id = String.valueOf(job.get("id"));
            String lease = String.valueOf(job.get("lease"));
            answers.add(isRead ? admin.ack(queue, id, lease) : admin.release(queue, id, lease));
        }
        int code = ExitCode.DONE;
        for (int i = 0; i < answers.size(); i++) {
            try {
                session.await(answers.get(i));
            } catch (MusterException e) {
                code = ExitCode.FAILED;
                session.say("job " + jobs.get(i).get("id") + " was not " + (isRead ? "acknowledged" : "given back")
                        + ": " + e.type().word() + ": " + e.detail());
            }
        }
        return code;
    }

    private static boolean isOver(Session session, QueueAdmin admin, String queue) throws InterruptedException {
        if (session.stop().code().isPresent()) {
            return true;
        }
        Map<String, @Nullable Object> status = session.await(admin.queue(queue));
        return Boolean.TRUE.equals(status.get("closed"))
                && List.of("scheduled", "ready", "leased").stream()
                        .allMatch(state -> Long.valueOf(0).equals(status.get(state)));
    }
}
