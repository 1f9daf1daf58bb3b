package dev.muster.app;

import dev.muster.loop.OutOfMemory;
import dev.muster.run.Room;
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
 * Writes to a stream on a thread of its own, so that a reader who does not read holds nobody up. Safe on every thread; an
 * event loop offers and does not write.
 */
final class Pen {

    /** How much may wait, in bytes: one more is taken while less does. */
    static final long BOUND_BYTES = 16L << 20;

    /** How many offered texts may wait. */
    static final int BOUND_TEXTS = 10_000;

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
    private Room room = new Room();
    private CompletableFuture<Boolean> idle = new CompletableFuture<>();

    /** What is to be written; made on the pen's thread. */
    private record Waiting(Supplier<byte[]> text, long bytes) {}

    /**
     * A pen; its thread starts with the first write.
     *
     * @param broken called once, on the pen's thread: with an {@link IOException} when nothing can be written any more, with something
     *     else when a text could not be made; before {@link #whenIdle} completes
     */
    Pen(String name, OutputStream to, Consumer<Throwable> broken) {
        this.to = to;
        this.broken = broken;
        this.name = name;
    }

    /** Writes these bytes in their turn; waits while too much waits. Drops them once the reader has gone. */
    synchronized void write(byte[] bytes) {
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
     * Writes a text in its turn, made on the pen's thread; never waits. Where too much waits, it is dropped, and so is all
     * that is offered after it: what is written has no gap.
     *
     * @param bytes its size, estimated
     * @return false if this is the first that is dropped because too much waits
     */
    synchronized boolean offer(Supplier<byte[]> text, long bytes) {
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
     * Writes a text in its turn, made on the pen's thread; never waits. For who waits for room before the next one.
     *
     * @param bytes its size, estimated
     * @return completes when less than half of the bound waits, or nobody reads any more
     */
    synchronized Future<Void> put(Supplier<byte[]> text, long bytes) {
        put(new Waiting(text, bytes));
        return room.when(over || !isHalfFull());
    }

    /** Writes these bytes in their turn, or drops them where too much waits; never waits. */
    synchronized void writeOrDrop(byte[] bytes) {
        if (!isFull()) {
            put(new Waiting(() -> bytes, bytes.length));
        }
    }

    /**
     * Writes a text in its turn, made on the pen's thread, or drops it where so much waits already; never waits.
     *
     * @param bytes its size, estimated
     * @return false if it was dropped because too much waits
     */
    synchronized boolean tryWrite(Supplier<byte[]> text, long bytes, long mostBytes, int mostTexts) {
        if (waitingBytes > mostBytes || line.size() >= mostTexts) {
            return false;
        }
        put(new Waiting(text, bytes));
        return true;
    }

    /** Waits until all is written, for so long at most; false if some was not. */
    boolean flush(long limitMillis) throws InterruptedException {
        try {
            return whenIdle().get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** Has its thread end once nothing waits any more; a later write has another one do it. */
    synchronized void rest() {
        resting = true;
        notifyAll();
    }

    /** Completes when nothing waits any more: with whether all was written. */
    synchronized CompletableFuture<Boolean> whenIdle() {
        if (isBrokenTold || (!over && !busy && line.isEmpty())) {
            return CompletableFuture.completedFuture(!over);
        }
        return idle;
    }

    private boolean isHalfFull() {
        return waitingBytes > BOUND_BYTES / 2 || line.size() >= BOUND_TEXTS / 2;
    }

    /** Tells who waits for room; outside of the lock, as they go on at once. */
    private void tellRoom() {
        Room told;
        synchronized (this) {
            if (!over && isHalfFull()) {
                return;
            }
            told = room;
            room = new Room();
        }
        told.opens();
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
            // Whatever it is: somebody waits to hear of it.
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

    /** What is written next: not much at once, unless one text is; nothing at the end. */
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

    /** Whoever waits for the last write goes on only once it is known why that failed. */
    private synchronized void tellBroken() {
        busy = false;
        isBrokenTold = true;
        idle.complete(false);
    }
}
