package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.LivePicture;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.cli.queue.QueueAdmin.Switch;
import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue drain}: closes a queue to new jobs while the existing ones are completed. */
final class QueueDrainCommand implements QueueCommand.Subcommand {

    private static final String WAIT = "--wait";
    private static final String TIMEOUT = "--timeout";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Closes a queue: puts are rejected, jobs already in the queue are still processed.",
                        "muster queue drain thumbnails",
                        "muster queue drain thumbnails --wait --timeout 5m",
                        "muster queue resume thumbnails --reopen          # accepts puts again")
                .addPositional(QueueOptions.queue())
                .addOption(Options.flag(WAIT, "Waits until no job is scheduled, ready or leased."))
                .addOption(Options.value(
                        TIMEOUT, "TIME", String.class, "With --wait: the longest wait, such as 30s; then exit code 1."))
                .addOption(QueueOutput.json());
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        QueueOptions.duration(parsed, TIMEOUT, Duration.ZERO);
        if (parsed.hasMatchedOption(TIMEOUT) && !Options.has(parsed, WAIT)) {
            throw new UsageException(TIMEOUT + " goes with " + WAIT);
        }
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        Map<String, @Nullable Object> status = session.await(admin.change(queue, Switch.CLOSE));
        if (Options.has(parsed, WAIT)) {
            status = drained(parsed, session, admin, queue, status);
        }
        QueueOutput.queues(parsed, session, List.of(status));
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> drained(
            ParseResult parsed, Session session, QueueAdmin admin, String queue, Map<String, @Nullable Object> closed)
            throws InterruptedException {
        Loop loop = session.startup().resources().loop();
        long limitNanos =
                QueueOptions.duration(parsed, TIMEOUT, Duration.ofDays(365)).toNanos();
        long startNanos = loop.nanos();
        Duration pause = FIRST_PAUSE;
        Map<String, @Nullable Object> status = closed;
        try (var picture = new LivePicture(session, loop, QueueCommand.BEFORE_PICTURE)) {
            while (unfinished(status) > 0) {
                String left = left(status);
                picture.showLine(() -> "draining " + queue + ": " + left);
                long nanos = limitNanos - (loop.nanos() - startNanos);
                if (nanos <= 0) {
                    throw new MusterException(
                            ErrorType.TIMEOUT,
                            "the queue " + queue + " has still " + left + " after "
                                    + Durations.human(Duration.ofNanos(limitNanos)) + "; it stays closed");
                }
                Duration next = Duration.ofNanos(Math.min(pause.toNanos(), nanos));
                if (!session.stop().pause(loop, next)) {
                    session.say("the queue " + queue + " has still " + left + "; it stays closed");
                    return status;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                status = session.await(admin.queue(queue));
            }
        }
        return status;
    }

    private static long unfinished(Map<String, @Nullable Object> status) {
        return count(status, "scheduled") + count(status, "ready") + count(status, "leased");
    }

    private static String left(Map<String, @Nullable Object> status) {
        return count(status, "scheduled") + " scheduled, " + count(status, "ready") + " ready and "
                + count(status, "leased") + " leased jobs";
    }

    private static long count(Map<String, @Nullable Object> status, String word) {
        return status.get(word) instanceof Long count ? count : 0;
    }
}
