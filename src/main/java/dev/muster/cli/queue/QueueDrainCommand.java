package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.cli.queue.QueueAdmin.Turn;
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
final class QueueDrainCommand implements QueueSubcommand {

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
    public void check(ParseResult given) {
        QueueOptions.queueOf(given);
        QueueOptions.duration(given, TIMEOUT, Duration.ZERO);
        if (given.hasMatchedOption(TIMEOUT) && !Options.has(given, WAIT)) {
            throw new UsageException(TIMEOUT + " goes with " + WAIT);
        }
    }

    @Override
    public int run(ParseResult given, Session session, QueueAdmin desk) throws InterruptedException {
        String queue = QueueOptions.queueOf(given);
        Map<String, @Nullable Object> status =
                session.await(desk.turn(queue, Turn.CLOSE), QueueCommand.MAX_AFTER_STOP_MILLIS);
        if (Options.has(given, WAIT)) {
            status = drained(given, session, desk, queue, status);
        }
        QueueOutput.queues(given, session, List.of(status));
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> drained(
            ParseResult given, Session session, QueueAdmin desk, String queue, Map<String, @Nullable Object> closed)
            throws InterruptedException {
        Loop loop = session.opening().resources().loop();
        long limitNanos =
                QueueOptions.duration(given, TIMEOUT, Duration.ofDays(365)).toNanos();
        long startNanos = loop.nanos();
        Duration pause = FIRST_PAUSE;
        Map<String, @Nullable Object> status = closed;
        try (var picture = new QueuePicture(session, loop)) {
            while (unfinished(status) > 0) {
                String left = left(status);
                picture.show(() -> List.of("draining " + queue + ": " + left));
                long nanos = limitNanos - (loop.nanos() - startNanos);
                if (nanos <= 0) {
                    throw new MusterException(
                            ErrorType.TIMEOUT,
                            "the queue " + queue + " has still " + left + " after "
                                    + Durations.human(Duration.ofNanos(limitNanos)) + "; it stays closed");
                }
                Duration next = Duration.ofNanos(Math.min(pause.toNanos(), nanos));
                if (!QueuePause.of(session, loop, next)) {
                    session.say("the queue " + queue + " has still " + left + "; it stays closed");
                    return status;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                status = session.await(desk.queue(queue), QueueCommand.MAX_AFTER_STOP_MILLIS);
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
