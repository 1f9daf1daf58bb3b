package dev.muster.log;

import dev.muster.loop.OutOfMemory;
import dev.muster.run.Backpressure;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A writer to a stream on a thread of its own, so that a slow reader blocks no other thread. Safe on any thread; on an
 * event loop use the methods that never block.
 */
public final class AsyncWriter {

    /** The bound on waiting bytes. A text is accepted while at most this many bytes wait, so the last text can exceed the bound. */
    public static final long BOUND_BYTES = 16L << 20;

    /** The bound on waiting texts for the methods that drop. */
    public static final int BOUND_TEXTS = 10_000;

    private static final int CHUNK_BYTES = 64 << 10;

    private final OutputStream to;
    private final Consumer<Throwable> broken;
    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private final String name;
    private long waitingBytes;
    private boolean started;
    private boolean resting;
    private boolean busy;
    private boolean over;
    private boolean isBrokenTold;
    private boolean refused;
    private Backpressure room = new Backpressure();
    private CompletableFuture<Boolean> idle = new CompletableFuture<>();

    /** A text to write; the writer's thread produces its bytes. */
    private record Waiting(Supplier<byte[]> text, long bytes) {}

    /**
     * Creates a writer; its thread starts with the first write.
     *
     * @param broken called once, on the writer's thread, before {@link #whenIdle} completes: with an
     *     {@link IOException} if the stream cannot be written, with any other throwable if a text could not be produced
     */
    public AsyncWriter(String name, OutputStream to, Consumer<Throwable> broken) {
        this.to = to;
        this.broken = broken;
        this.name = name;
    }

    /**
     * Queues these bytes. Blocks while too many bytes wait. Drops the bytes once the stream has failed, or if the
     * thread is interrupted while it waits.
     */
    public synchronized void write(byte[] bytes) {
        while (waitingBytes > BOUND_BYTES && !over) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        put(new Waiting(() -> bytes, bytes.length));
    }

    /**
     * Queues a text, produced on the writer's thread. Never blocks. If too much waits, drops this text and every later
     * offered one, so that the output has no gap.
     *
     * @param bytes the estimated size in bytes
     * @return false only for the first text that is dropped because too much waits
     */
    public synchronized boolean offer(Supplier<byte[]> text, long bytes) {
        if (refused) {
            return true;
        }
        refused = !over && isFull();
        if (!refused) {
            put(new Waiting(text, bytes));
        }
        return !refused;
    }

    /**
     * Queues a text, produced on the writer's thread. Never blocks and never drops; the caller applies back-pressure by
     * waiting for the result.
     *
     * @param bytes the estimated size in bytes
     * @return completes when at most half of the bounds is in use, or the stream has failed
     */
    public synchronized Future<Void> put(Supplier<byte[]> text, long bytes) {
        put(new Waiting(text, bytes));
        return room.when(over || !isHalfFull());
    }

    /** Queues these bytes, or drops them if too much waits. Never blocks. */
    public synchronized void writeOrDrop(byte[] bytes) {
        if (!isFull()) {
            put(new Waiting(() -> bytes, bytes.length));
        }
    }

    /**
     * Queues a text, produced on the writer's thread, or drops it if these bounds are exceeded. Never blocks.
     *
     * @param bytes the estimated size in bytes
     * @return false if the text was dropped because too much waits
     */
    synchronized boolean tryWrite(Supplier<byte[]> text, long bytes, long mostBytes, int mostTexts) {
        if (waitingBytes > mostBytes || line.size() >= mostTexts) {
            return false;
        }
        put(new Waiting(text, bytes));
        return true;
    }

    /** Waits at most this long until everything is written. Returns false if something was not written. */
    public boolean flush(long limitMillis) throws InterruptedException {
        try {
            return whenIdle().get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Ends the writer's thread once nothing waits. A later write starts a new thread. */
    public synchronized void rest() {
        resting = true;
        notifyAll();
    }

    /** Completes when nothing waits: true if everything was written. */
    public synchronized CompletableFuture<Boolean> whenIdle() {
        if (isBrokenTold || (!over && !busy && line.isEmpty())) {
            return CompletableFuture.completedFuture(!over);
        }
        return idle;
    }

    private boolean isHalfFull() {
        return waitingBytes > BOUND_BYTES / 2 || line.size() >= BOUND_TEXTS / 2;
    }

    /** Resumes the waiting callers. Outside the lock, because they continue inside this call. */
    private void tellRoom() {
        Backpressure waiting;
        synchronized (this) {
            if (!over && isHalfFull()) {
                return;
            }
            waiting = room;
            room = new Backpressure();
        }
        waiting.opens();
    }

    private boolean isFull() {
        return waitingBytes > BOUND_BYTES || line.size() >= BOUND_TEXTS;
    }

    private void put(Waiting text) {
        if (over) {
            return;
        }
        line.addLast(text);
        waitingBytes += text.bytes();
        if (!started) {
            started = true;
            var thread = new Thread(this::writeAll, "muster-" + name);
            thread.setDaemon(true);
            thread.start();
        }
        notifyAll();
    }

    private void writeAll() {
        try {
            for (List<Waiting> next = next(); !next.isEmpty(); next = next()) {
                to.write(made(next));
                to.flush();
                tellRoom();
            }
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.check(e);
            // Catches everything: callers of whenIdle() wait to be notified of the failure.
            breakOff();
            try {
                broken.accept(e);
            } finally {
                tellBroken();
                tellRoom();
            }
        }
    }

    private static byte[] made(List<Waiting> texts) {
        if (texts.size() == 1) {
            return texts.get(0).text().get();
        }
        var chunk = new ByteArrayOutputStream();
        texts.forEach(text -> chunk.writeBytes(text.text().get()));
        return chunk.toByteArray();
    }

    /**
     * The next texts to write, about {@value #CHUNK_BYTES} bytes at most unless a single text is larger; empty when the
     * thread is to end.
     */
    private synchronized List<Waiting> next() {
        busy = false;
        notifyAll();
        while (line.isEmpty()) {
            idle.complete(true);
            idle = new CompletableFuture<>();
            if (resting) {
                started = false;
                return List.of();
            }
            try {
                wait();
            } catch (InterruptedException e) {
                return List.of();
            }
        }
        var next = new ArrayList<Waiting>();
        for (long bytes = 0; bytes < CHUNK_BYTES && !line.isEmpty(); ) {
            Waiting text = line.removeFirst();
            waitingBytes -= text.bytes();
            bytes += text.bytes();
            next.add(text);
        }
        busy = true;
        return next;
    }

    private synchronized void breakOff() {
        over = true;
        line.clear();
        waitingBytes = 0;
        notifyAll();
    }

    /** Completes the waiting flushes only after the failure has been reported, so that they see its cause. */
    private synchronized void tellBroken() {
        busy = false;
        isBrokenTold = true;
        idle.complete(false);
    }
}
