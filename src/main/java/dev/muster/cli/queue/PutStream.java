package dev.muster.cli.queue;

import dev.muster.cli.Session;
import dev.muster.cli.queue.JobLines.Line;
import dev.muster.cli.queue.QueueAdmin.PutOutcome;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the jobs of lines into a queue, in order. Sends one request at a time with everything read so far, and sends
 * again the jobs for which the queue was full. Runs on the main thread, which blocks.
 *
 * <p>After any early end it is known which lines are in the queue and which line is next. The exception is a broken
 * connection: the outcome of the last request is then unknown. Its jobs are put again only if each has a unique word.
 */
final class PutStream {

    /** The maximum number of jobs in a request, and of jobs read ahead. */
    static final int MAX_JOBS = 1_000;

    /** The maximum size of a request, except for a single job, and of the bytes read ahead. Half of a node's default body limit. */
    static final long MAX_BYTES = 512 << 10;

    /** The time that a node holds a request whose jobs find no room. Kept short, because Ctrl-C waits for the request under way. */
    private static final Duration WAIT = Duration.ofSeconds(2);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int MAX_TRIES = 9;
    private static final int MIN_JOBS = 8;
    private static final String RETRY_AFTER = "retryAfter";

    private final Session session;
    private final QueueAdmin admin;
    private final String queue;
    private final Loop loop;
    private final boolean printsIds;
    private final Duration patience;
    private final PutTally tally;
    private List<Line> pending = new ArrayList<>();
    private int atOnce = MAX_JOBS;
    private int tries;
    private long last;
    private final Map<Long, MusterException> rejected = new LinkedHashMap<>();

    /**
     * Creates a put that has not begun.
     *
     * @param printsIds whether to print the ids of the jobs
     * @param patience the maximum time without progress while the queue is full
     */
    PutStream(Session session, QueueAdmin admin, String queue, Loop loop, boolean printsIds, Duration patience) {
        this.session = session;
        this.admin = admin;
        this.queue = queue;
        this.loop = loop;
        this.printsIds = printsIds;
        this.patience = patience;
        this.tally = new PutTally(loop);
    }

    PutTally tally() {
        return tally;
    }

    /**
     * Puts all jobs. The jobs accepted before a failure are counted.
     *
     * @throws MusterException with the outcome of the lines and the line to continue from
     */
    void put(JobLines lines) throws InterruptedException {
        for (pending = take(lines); !pending.isEmpty(); pending = take(lines)) {
            last = pending.get(pending.size() - 1).number();
            while (!pending.isEmpty() && !isStopped()) {
                attempt();
            }
            if (!rejected.isEmpty()) {
                throw rejection();
            }
            if (isStopped()) {
                return;
            }
        }
    }

    String next() {
        return "go on from line "
                + (pending.isEmpty() ? last + 1 : pending.get(0).number());
    }

    private List<Line> take(JobLines lines) throws InterruptedException {
        return lines.take(MAX_JOBS, MAX_BYTES);
    }

    private boolean isStopped() {
        return session.stop().code().isPresent();
    }

    private void attempt() throws InterruptedException {
        List<Line> lines = List.copyOf(pending.subList(0, Math.min(atOnce, pending.size())));
        long startNanos = loop.nanos();
        try {
            List<NewJob> jobs = lines.stream().map(Line::job).toList();
            List<PutOutcome> outcomes = session.await(admin.put(queue, jobs, mostWait()));
            tries = 0;
            took(lines, outcomes);
        } catch (IllegalStateException e) {
            if (!isStopped()) {
                throw e;
            }
            throw unsure(
                    lines,
                    new MusterException(
                            ErrorType.UNAVAILABLE, admin.name() + " did not respond before the end of the command", e));
        } catch (MusterException e) {
            if (e.type() == ErrorType.LIMIT) {
                tooMuch(lines, e, loop.nanos() - startNanos);
            } else {
                failed(lines, e);
            }
        }
    }

    private Duration mostWait() {
        Duration left = patience.minus(tally.waited());
        return left.compareTo(WAIT) < 0 ? (left.isNegative() ? Duration.ZERO : left) : WAIT;
    }

    private void took(List<Line> lines, List<PutOutcome> outcomes) throws InterruptedException {
        var full = new ArrayList<Line>();
        var broken = new ArrayList<Line>();
        MusterException failure = null;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            PutOutcome outcome = outcomes.get(i);
            MusterException why = outcome.failure();
            if (why == null) {
                tally.accepted(outcome.existing());
                print(line, outcome);
            } else if (isForLater(why)) {
                full.add(line);
            } else if (why.type() == ErrorType.LIMIT || why.type() == ErrorType.BAD_INPUT) {
                rejected.put(line.number(), why);
            } else {
                broken.add(line);
                failure = why;
            }
        }
        var left = new ArrayList<>(broken);
        left.addAll(full);
        left.sort(Comparator.comparingLong(Line::number));
        goOn(lines.size(), left);
        if (failure != null) {
            failed(broken, failure);
        }
    }

    private void goOn(int lines, List<Line> left) {
        int done = lines - left.size();
        if (done > 0) {
            tally.goesOn();
        }
        if (left.isEmpty()) {
            atOnce = Math.min(MAX_JOBS, atOnce * 2);
        } else {
            // Twice as many as found room; a larger request would be sent in vain.
            atOnce = Math.max(MIN_JOBS, Math.min(MAX_JOBS, done * 2));
            tally.waits("the queue is full");
        }
        var next = new ArrayList<>(left);
        next.addAll(pending.subList(lines, pending.size()));
        pending = next;
    }

    private void print(Line line, PutOutcome outcome) {
        if (printsIds) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("line", line.number());
            value.put("id", String.valueOf(outcome.id()));
            if (outcome.existing()) {
                value.put("existing", true);
            }
            QueueOutput.line(session, value);
        }
    }

    /** Handles a request of which no job was put: the queue is full, or the request is too large. */
    private void tooMuch(List<Line> lines, MusterException failure, long tookNanos) throws InterruptedException {
        if (isForLater(failure)) {
            tally.waits("the queue is full");
            if (tally.waited().compareTo(patience) >= 0) {
                throw ended(failure);
            }
            atOnce = Math.max(MIN_JOBS, lines.size() / 2);
            if (tookNanos < WAIT.toNanos() / 2 && patience.compareTo(WAIT) >= 0) {
                // The node rejected without waiting, because too many other requests wait.
                session.stop().pause(loop, Duration.ofSeconds(1));
            }
        } else if (lines.size() > 1) {
            atOnce = lines.size() / 2;
        } else {
            rejected.put(lines.get(0).number(), failure);
            pending = new ArrayList<>(pending.subList(1, pending.size()));
        }
    }

    /** Ends the put, or pauses before a retry. Retries only if the request was certainly not sent or all its jobs have unique words. */
    private void failed(List<Line> lines, MusterException failure) throws InterruptedException {
        boolean isLost = failure.type() == ErrorType.UNAVAILABLE;
        boolean isOpen = isOpen(failure, tally.total() > 0);
        boolean isSafe = !isOpen || lines.stream().allMatch(line -> line.job().unique() != null);
        tries++;
        boolean isOver = tries >= MAX_TRIES || tally.total() == 0 && !isOpen || isStopped();
        if (!isLost || !isSafe || isOver) {
            throw isSafe ? ended(failure) : unsure(lines, failure);
        }
        tally.waits("no answer from " + admin.name());
        Duration pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
        session.stop().pause(loop, pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    }

    private MusterException ended(MusterException failure) {
        return tally.total() == 0
                ? failure
                : new MusterException(failure.type(), failure.detail() + "; " + tally.sum() + ", " + next());
    }

    /**
     * Whether the jobs of a failed request can be in the queue nevertheless.
     *
     * @param isNode whether the address has responded as a Muster node before; anything else has no queue
     */
    private static boolean isOpen(MusterException failure, boolean isNode) {
        return switch (failure.type()) {
            case UNAVAILABLE -> !QueueAdmin.isNotSent(failure);
            case INTERNAL, TIMEOUT -> true;
            case BAD_RESPONSE -> isNode;
            default -> false;
        };
    }

    /** The error of a request whose jobs are possibly in the queue. */
    private MusterException unsure(List<Line> lines, MusterException failure) {
        long first = lines.get(0).number();
        long end = lines.get(lines.size() - 1).number();
        return new MusterException(
                failure.type(),
                failure.detail() + "; " + tally.sum() + " for sure, and the outcome of "
                        + (first == end ? "line " + first : "lines " + first + " to " + end)
                        + " is unknown: go on from line " + first
                        + " if duplicate jobs do no harm, else from line " + (end + 1)
                        + ". Jobs with unique words (--unique-body, for example) would have been put again");
    }

    /** The error of the lines whose jobs the queue rejects. */
    private MusterException rejection() {
        Map.Entry<Long, MusterException> first = rejected.entrySet().iterator().next();
        String others = rejected.size() == 1
                ? ""
                : ", and so are " + (rejected.size() - 1) + " more up to line "
                        + rejected.keySet().stream().reduce(0L, Math::max);
        MusterException failure = first.getValue();
        return new MusterException(
                failure.type(),
                "line " + first.getKey() + " is rejected" + others + ": " + failure.detail() + "; " + tally.sum() + ", "
                        + next());
    }

    private static boolean isForLater(MusterException failure) {
        return failure.type() == ErrorType.LIMIT && failure.more().containsKey(RETRY_AFTER);
    }
}
