package dev.muster.app;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a stream on a thread of its own, so that a reader who does not read holds nobody up until a bound is reached.
 * Safe on every thread.
 */
final class Pen {

    private final OutputStream to;
    private final long boundBytes;
    private final Runnable broken;
    private final ArrayDeque<byte[]> line = new ArrayDeque<>();
    private final Thread thread;
    private long waitingBytes;
    private boolean started;
    private boolean busy;
    private boolean over;
    private CompletableFuture<Boolean> idle = new CompletableFuture<>();

    /**
     * A pen; its thread starts with the first write.
     *
     * @param boundBytes how much may wait before a writer waits too
     * @param broken called once, on the pen's thread, when the reader has gone
     */
    Pen(String name, OutputStream to, long boundBytes, Runnable broken) {
        this.to = to;
        this.boundBytes = boundBytes;
        this.broken = broken;
        this.thread = new Thread(this::writeAll, "muster-" + name);
        thread.setDaemon(true);
    }

    /** Writes these bytes in their turn; waits while too much waits. Drops them once the reader has gone. */
    synchronized void write(byte[] bytes) {
        while (waitingBytes > boundBytes && !over) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        put(bytes);
    }

    /** Waits until all is written, for so long at most; false if some was not. */
    boolean flush(long limitMillis) throws InterruptedException {
        try {
            return whenIdle().get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Completes when nothing waits any more: with whether all was written. */
    synchronized CompletableFuture<Boolean> whenIdle() {
        if (over || (!busy && line.isEmpty())) {
            return CompletableFuture.completedFuture(!over);
        }
        return idle;
    }

    private void put(byte[] bytes) {
        if (over || bytes.length == 0) {
            return;
        }
        line.addLast(bytes);
        waitingBytes += bytes.length;
        if (!started) {
            started = true;
            thread.start();
        }
        notifyAll();
    }

    private void writeAll() {
        while (true) {
            byte[] next = next();
            if (next == null) {
                return;
            }
            try {
                to.write(next);
                to.flush();
            } catch (IOException e) {
                breakOff();
                broken.run();
                return;
            }
        }
    }

    private synchronized byte @Nullable [] next() {
        busy = false;
        notifyAll();
        while (line.isEmpty()) {
            idle.complete(true);
            idle = new CompletableFuture<>();
            try {
                wait();
            } catch (InterruptedException e) {
                return null;
            }
        }
        byte[] next = line.removeFirst();
        waitingBytes -= next.length;
        busy = true;
        return next;
    }

    private synchronized void breakOff() {
        over = true;
        busy = false;
        line.clear();
        idle.complete(false);
        notifyAll();
    }
}
