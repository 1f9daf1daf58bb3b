package dev.muster.cli.queue;

import dev.muster.cli.Session;
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
    private final QueueAdmin desk;
    private final String queue;
    private final Loop loop;
    private final How how;
    private final PutTally tally;
    private List<JobLine> pending = new ArrayList<>();
    private int atOnce = MAX_JOBS;
    private int tries;
    private long last;
    private final Map<Long, MusterException> refused = new LinkedHashMap<>();

    /**
     * How to put jobs.
     *
     * @param ids whether to print the ids of the jobs
     * @param patience the maximum time without progress while the queue is full
     */
    record How(boolean ids, Duration patience) {}

    PutStream(Session session, QueueAdmin desk, String queue, Loop loop, How how) {
        this.session = session;
        this.desk = desk;
        this.queue = queue;
        this.loop = loop;
        this.how = how;
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
            if (!refused.isEmpty()) {
                throw PutFailure.refused(refused, tally.sum() + ", " + next());
            }
            if (isStopped()) {
                return;
            }
        }
    }

    /** The line to continue from. */
    String next() {
        return "go on from line "
                + (pending.isEmpty() ? last + 1 : pending.get(0).number());
    }

    private List<JobLine> take(JobLines lines) throws InterruptedException {
        return lines.take(MAX_JOBS, MAX_BYTES);
    }

    private boolean isStopped() {
        return session.stop().code().isPresent();
    }

    private void attempt() throws InterruptedException {
        List<JobLine> asked = List.copyOf(pending.subList(0, Math.min(atOnce, pending.size())));
        long askedNanos = loop.nanos();
        try {
            List<NewJob> jobs = asked.stream().map(JobLine::job).toList();
            List<PutOutcome> outcomes =
                    session.await(desk.put(queue, jobs, mostWait()), QueueCommand.MAX_AFTER_STOP_MILLIS);
            tries = 0;
            took(asked, outcomes);
        } catch (IllegalStateException e) {
            throw isStopped() ? PutFailure.unsure(asked, PutFailure.silent(desk.name(), e), tally.sum()) : e;
        } catch (MusterException e) {
            if (e.type() == ErrorType.LIMIT) {
                tooMuch(asked, e, loop.nanos() - askedNanos);
            } else {
                failed(asked, e);
            }
        }
    }

    private Duration mostWait() {
        Duration left = how.patience().minus(tally.waited());
        return left.compareTo(WAIT) < 0 ? (left.isNegative() ? Duration.ZERO : left) : WAIT;
    }

    private void took(List<JobLine> asked, List<PutOutcome> outcomes) throws InterruptedException {
        var full = new ArrayList<JobLine>();
        var broken = new ArrayList<JobLine>();
        MusterException failure = null;
        for (int i = 0; i < asked.size(); i++) {
            JobLine line = asked.get(i);
            PutOutcome outcome = outcomes.get(i);
            MusterException why = outcome.failure();
            if (why == null) {
                tally.accepted(outcome.existing());
                print(line, outcome);
            } else if (isForLater(why)) {
                full.add(line);
            } else if (why.type() == ErrorType.LIMIT || why.type() == ErrorType.BAD_INPUT) {
                refused.put(line.number(), why);
            } else {
                broken.add(line);
                failure = why;
            }
        }
        var left = new ArrayList<>(broken);
        left.addAll(full);
        left.sort(Comparator.comparingLong(JobLine::number));
        goOn(asked.size(), left);
        if (failure != null) {
            failed(broken, failure);
        }
    }

    private void goOn(int asked, List<JobLine> left) {
        int done = asked - left.size();
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
        next.addAll(pending.subList(asked, pending.size()));
        pending = next;
    }

    private void print(JobLine line, PutOutcome outcome) {
        if (how.ids()) {
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
    private void tooMuch(List<JobLine> asked, MusterException failure, long tookNanos) throws InterruptedException {
        if (isForLater(failure)) {
            tally.waits("the queue is full");
            if (tally.waited().compareTo(how.patience()) >= 0) {
                throw ended(failure);
            }
            atOnce = Math.max(MIN_JOBS, asked.size() / 2);
            if (tookNanos < WAIT.toNanos() / 2 && how.patience().compareTo(WAIT) >= 0) {
                // The node rejected without waiting, because too many other requests wait.
                QueuePause.of(session, loop, Duration.ofSeconds(1));
            }
        } else if (asked.size() > 1) {
            atOnce = asked.size() / 2;
        } else {
            refused.put(asked.get(0).number(), failure);
            pending = new ArrayList<>(pending.subList(1, pending.size()));
        }
    }

    /** Ends the put, or pauses before a retry. Retries only if the request was certainly not sent or all its jobs have unique words. */
    private void failed(List<JobLine> asked, MusterException failure) throws InterruptedException {
        boolean isLost = failure.type() == ErrorType.UNAVAILABLE;
        boolean isOpen = PutFailure.isOpen(failure, tally.total() > 0);
        boolean isSafe = !isOpen || asked.stream().allMatch(line -> line.job().unique() != null);
        tries++;
        boolean isOver = tries >= MAX_TRIES || tally.total() == 0 && !isOpen || isStopped();
        if (!isLost || !isSafe || isOver) {
            throw isSafe ? ended(failure) : PutFailure.unsure(asked, failure, tally.sum());
        }
        tally.waits("no answer from " + desk.name());
        Duration pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
        QueuePause.of(session, loop, pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    }

    private MusterException ended(MusterException failure) {
        return tally.total() == 0
                ? failure
                : new MusterException(failure.type(), failure.detail() + "; " + tally.sum() + ", " + next());
    }

    private static boolean isForLater(MusterException failure) {
        return failure.type() == ErrorType.LIMIT && failure.more().containsKey(RETRY_AFTER);
    }
}
