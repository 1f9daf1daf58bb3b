package dev.muster.cli.queue;

import dev.muster.cli.UsageException;
import dev.muster.loop.OutOfMemory;
import dev.muster.queue.NewJob;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a stream of lines, read by a thread of its own. Reading pauses while a bound of jobs or bytes waits to be
 * taken. Safe on any thread.
 *
 * <p>The thread is a daemon, because a blocked read cannot be interrupted and must not delay the exit of the process.
 */
final class JobLines {

    private static final int CHUNK_BYTES = 64 << 10;

    /** Longer than the largest body that a queue accepts, with the other fields of the job. */
    private static final int MAX_LINE_BYTES = 33 << 20;

    private static final int FIRST_LINE_BYTES = 1 << 10;

    private final InputStream in;
    private final JobReading reading;
    private final int mostJobs;
    private final long mostBytes;
    private final ArrayDeque<Line> ready = new ArrayDeque<>();
    private long readyBytes;
    private boolean isOver;
    private boolean isStopped;
    private @Nullable UsageException wrong;

    /**
     * A job to put, with its place in the input.
     *
     * @param number the line number, from 1
     * @param job the job
     * @param bytes the approximate size in a request, in bytes
     */
    record Line(long number, NewJob job, int bytes) {}

    /**
     * Creates the reader of a stream; {@link #start} starts it.
     *
     * @param reading converts lines to jobs
     * @param mostJobs the maximum number of jobs read ahead
     * @param mostBytes the maximum number of bytes read ahead; a single job can be larger
     */
    JobLines(InputStream in, JobReading reading, int mostJobs, long mostBytes) {
        this.in = in;
        this.reading = reading;
        this.mostJobs = mostJobs;
        this.mostBytes = mostBytes;
    }

    /** A source of jobs that are already in memory. */
    static JobLines of(List<Line> jobs) {
        var lines = new JobLines(InputStream.nullInputStream(), JobReading.NOTHING, 0, 0);
        lines.ready.addAll(jobs);
        lines.isOver = true;
        return lines;
    }

    JobLines start() {
        var thread = new Thread(this::read, "muster-stdin");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /**
     * Waits for jobs and takes those available, up to these bounds but at least one. Empty at the end of the stream or
     * after {@link #stop}.
     */
    synchronized List<Line> take(int most, long bytes) throws InterruptedException {
        while (ready.isEmpty() && !isOver && !isStopped) {
            wait();
        }
        var taken = new ArrayList<Line>();
        long left = bytes;
        while (!isStopped && !ready.isEmpty() && taken.size() < most) {
            Line next = ready.element();
            left -= next.bytes();
            if (left < 0 && !taken.isEmpty()) {
                break;
            }
            taken.add(ready.remove());
            readyBytes -= next.bytes();
        }
        notifyAll();
        return taken;
    }

    /** Stops reading and taking. */
    synchronized void stop() {
        isStopped = true;
        notifyAll();
    }

    /** The error in the line after the last job that can be taken, or null. */
    synchronized @Nullable UsageException wrong() {
        return wrong;
    }

    private void read() {
        UsageException failure = null;
        try {
            readAll();
        } catch (UsageException e) {
            failure = e;
        } catch (IOException e) {
            failure = new UsageException("standard input cannot be read: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            LoggerFactory.getLogger(JobLines.class).error("a fault of Muster", e);
            // Without a failure the input would seem to have ended here.
            failure = new UsageException("standard input cannot be read, a fault of Muster: " + e);
        } finally {
            over(failure);
        }
    }

    private void readAll() throws IOException {
        var chunk = new byte[CHUNK_BYTES];
        var line = new Text(FIRST_LINE_BYTES);
        long number = 1;
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            int from = 0;
            for (int at = 0; at < count; at++) {
                if (chunk[at] == '\n') {
                    line.add(chunk, from, at, number);
                    if (!add(number, line)) {
                        return;
                    }
                    line.clear();
                    from = at + 1;
                    number++;
                }
            }
            line.add(chunk, from, count, number);
        }
        add(number, line);
    }

    /** Adds the job of a line once there is room. Returns false after {@link #stop}. */
    private boolean add(long number, Text line) {
        Line job = line.isBlank() ? null : reading.job(number, line.bytes, line.length);
        return job == null ? !isStopped() : addWhenRoom(job);
    }

    private synchronized boolean addWhenRoom(Line job) {
        try {
            while (!isStopped
                    && !ready.isEmpty()
                    && (ready.size() >= mostJobs || readyBytes + job.bytes() > mostBytes)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        ready.add(job);
        readyBytes += job.bytes();
        notifyAll();
        return !isStopped;
    }

    private synchronized boolean isStopped() {
        return isStopped;
    }

    private synchronized void over(@Nullable UsageException failure) {
        wrong = failure;
        isOver = true;
        notifyAll();
    }

    /** A line that grows as it is read. */
    private static final class Text {
        private byte[] bytes;
        private int length;

        Text(int capacity) {
            bytes = new byte[capacity];
        }

        void add(byte[] from, int start, int end, long number) {
            int more = end - start;
            if (more > MAX_LINE_BYTES - length) {
                throw new UsageException("stdin:" + number + ": the line is longer than any job may be");
            }
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
            }
            System.arraycopy(from, start, bytes, length, more);
            length += more;
        }

        void clear() {
            length = 0;
        }

        boolean isBlank() {
            for (int i = 0; i < length; i++) {
                if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                    return false;
                }
            }
            return true;
        }
    }
}
