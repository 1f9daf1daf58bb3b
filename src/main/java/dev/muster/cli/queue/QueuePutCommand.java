package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.InputText;
import dev.muster.cli.LivePicture;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.queue.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue put}: puts jobs from the command line or from standard input. */
final class QueuePutCommand implements QueueCommand.Subcommand {

    private static final String STDIN = "-";
    private static final String JOBS = "--jobs";
    private static final String KEY = "--key";
    private static final String UNIQUE = "--unique";
    private static final String UNIQUE_BODY = "--unique-body";
    private static final String DELAY = "--delay";
    private static final String PRIORITY = "--priority";
    private static final String WAIT = "--wait";
    private static final String IDS = "--ids";
    private static final Duration FOR_EVER = Duration.ofDays(365);

    @Override
    public String name() {
        return "put";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Puts jobs into a queue. While the queue is full, reading pauses.",
                        "muster queue put thumbnails '{\"image\": \"7.png\"}' --key shop-7",
                        "muster queue put thumbnails @job.json",
                        "muster queue put thumbnails - --unique-body < images.ndjson",
                        "muster queue put thumbnails - --jobs --ids < jobs.ndjson > ids.ndjson",
                        "",
                        "If a line is not a valid job, the lines before it are stored and reading stops there, with exit code 2.")
                .addPositional(QueueOptions.queue())
                .addPositional(
                        QueueOptions.behind("BODY", "Bodies: JSON, @FILE, or - for lines of JSON on standard input."))
                .addOption(
                        Options.flag(JOBS, "Reads jobs, {body, key?, unique?, delay?, priority?}, instead of bodies."))
                .addOption(Options.value(KEY, "KEY", String.class, "The key of jobs that have none of their own."))
                .addOption(Options.value(
                        UNIQUE,
                        "WORD",
                        String.class,
                        "For one job: it is put only if no unfinished job has this word."))
                .addOption(Options.flag(UNIQUE_BODY, "Derives a unique word from the body of each job without one."))
                .addOption(Options.value(
                        DELAY, "TIME", String.class, "How long before the jobs can be taken, such as 30s or 2h."))
                .addOption(
                        Options.value(PRIORITY, "N", Integer.class, "From -1000 to 1000; the highest is taken first."))
                .addOption(Options.value(
                        WAIT,
                        "TIME",
                        String.class,
                        "The longest wait for room while the queue is full; unlimited by default."))
                .addOption(Options.flag(IDS, "With -: prints the line number and id of each job."));
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        QueueOptions.duration(parsed, WAIT, FOR_EVER);
        List<String> bodies = QueueOptions.behindOf(parsed);
        if (bodies.isEmpty()) {
            throw new UsageException("which jobs? put takes a queue and bodies, or - for lines on standard input");
        }
        if (bodies.size() > 1 && bodies.contains(STDIN)) {
            throw new UsageException("either bodies or - for lines on standard input");
        }
        if (parsed.hasMatchedOption(UNIQUE) && (bodies.size() > 1 || bodies.contains(STDIN))) {
            throw new UsageException(UNIQUE + " is for one job; for several there is " + UNIQUE_BODY
                    + ", or set unique in each job with " + JOBS);
        }
        reading(parsed);
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        Loop loop = session.startup().resources().loop();
        boolean isStream = QueueOptions.behindOf(parsed).contains(STDIN);
        boolean ids = !isStream || Options.has(parsed, IDS);
        Duration patience = QueueOptions.duration(parsed, WAIT, FOR_EVER);
        var stream = new PutStream(session, admin, QueueOptions.queueOf(parsed), loop, ids, patience);
        JobReading reading = reading(parsed);
        JobLines lines = isStream
                ? new JobLines(session.io().in(), reading, PutStream.MAX_JOBS, PutStream.MAX_BYTES).start()
                : JobLines.of(jobs(parsed, session, reading));
        try (var registration = session.stop().tell(Session.MAX_AFTER_STOP, reason -> lines.stop());
                var picture = new LivePicture(session, loop, QueueCommand.BEFORE_PICTURE)) {
            if (!ids || !session.io().outIsTerminal()) {
                picture.showLine(stream.tally()::line);
            }
            stream.put(lines);
        } finally {
            lines.stop();
        }
        return end(session, stream, lines.wrong());
    }

    private static int end(Session session, PutStream stream, @Nullable UsageException wrong) {
        boolean isWhole = wrong == null && session.stop().code().isEmpty();
        session.say(stream.tally().sum() + (isWhole ? "" : ", " + stream.next()));
        if (wrong != null) {
            throw wrong;
        }
        return ExitCode.DONE;
    }

    private static List<JobLines.Line> jobs(ParseResult parsed, Session session, JobReading reading) {
        var jobs = new ArrayList<JobLines.Line>();
        for (String text : QueueOptions.behindOf(parsed)) {
            int number = jobs.size() + 1;
            String place = "BODY " + number;
            Object value = InputText.read(place, text, session.io().in());
            jobs.add(reading.job(number, place, value, Json.writeBytes(value).length));
        }
        return jobs;
    }

    private static JobReading reading(ParseResult parsed) {
        Duration delay = QueueOptions.duration(parsed, DELAY, Duration.ZERO);
        String key = parsed.matchedOptionValue(KEY, null);
        String unique = parsed.matchedOptionValue(UNIQUE, null);
        int priority = parsed.matchedOptionValue(PRIORITY, 0);
        try {
            // Checks the bounds of the options.
            new NewJob("null", key, unique, delay, priority);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage());
        }
        return new JobReading(
                Options.has(parsed, JOBS), key, unique, Options.has(parsed, UNIQUE_BODY), delay, priority);
    }
}
