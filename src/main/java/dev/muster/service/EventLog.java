package dev.muster.service;

import dev.muster.run.Event;
import dev.muster.run.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The last events of one run as JSON, numbered from 1, for readers that connect at any time. Safe on any thread.
 *
 * <p>The log is bounded in number and size, and by the node's memory budget. The oldest events are dropped first, and the next page
 * reports the gap to a reader that missed them. The last event is kept whatever its size.
 */
public final class EventLog {

    /** The approximate overhead of an entry, in bytes. */
    private static final long BYTES_OF_ANY = 100;

    private final MemoryBudget.Share memory;
    private final int most;
    private final long mostBytes;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final IdentityHashMap<Future<Void>, Promise<Void>> readers = new IdentityHashMap<>();
    private long bytes;
    private long last;
    private boolean over;

    EventLog(RunManager.Limits limits, MemoryBudget.Share memory) {
        this.memory = memory;
        most = limits.events();
        mostBytes = limits.eventsBytes();
    }

    /**
     * One event.
     *
     * @param number the position of the event in the run, from 1
     * @param name the word of the event's kind
     * @param json the event as one line of JSON
     */
    public record Entry(long number, String name, Buffer json) {}

    /**
     * The next events for a reader.
     *
     * @param missed the number of the first event that was dropped before it was read, or 0 if none was
     * @param entries the next events, in order
     * @param over whether these are the last events of the run
     * @param more completes on any thread when there are more events; completed if there are more already
     */
    public record Page(long missed, List<Entry> entries, boolean over, Future<Void> more) {}

    /**
     * The events with numbers above {@code number}, {@code count} at most. A reader that stops waiting for more must
     * {@link #forget} the page.
     */
    public synchronized Page after(long number, int count) {
        var page = new ArrayList<Entry>(Math.min(count, entries.size()));
        for (Entry entry : entries) {
            if (entry.number() > number && page.size() < count) {
                page.add(entry);
            }
        }
        long next = page.isEmpty() ? last + 1 : page.get(0).number();
        boolean all = page.isEmpty() || page.get(page.size() - 1).number() == last;
        Promise<Void> more = Promise.promise();
        if (!all) {
            more.complete();
        } else if (!over) {
            readers.put(more.future(), more);
        }
        return new Page(next > number + 1 ? number + 1 : 0, page, over && all, more.future());
    }

    /**
     * Removes the reader that waits for events after this page. Readers come and go while a run is silent, and would accumulate
     * otherwise.
     */
    public synchronized void forget(Page page) {
        readers.remove(page.more());
    }

    /** The number of readers that wait for more. */
    synchronized int waiting() {
        return readers.size();
    }

    /** The size of the events kept, in bytes. */
    synchronized long bytes() {
        return bytes;
    }

    void add(Event event) {
        Buffer line = JsonBody.of(event.toValue());
        List<Promise<Void>> waiting;
        synchronized (this) {
            last++;
            takeMemory(line.length() + BYTES_OF_ANY);
            entries.addLast(new Entry(last, event.word(), line));
            bytes += line.length();
            while (entries.size() > 1 && (entries.size() > most || bytes > mostBytes)) {
                dropFirst();
            }
            over = event instanceof Event.End;
            waiting = List.copyOf(readers.values());
            readers.clear();
        }
        waiting.forEach(Promise::complete);
    }

    /** Reserves memory for an event. Drops older events if the node's budget is exhausted. */
    private void takeMemory(long wanted) {
        while (!memory.tryTake(wanted)) {
            if (entries.isEmpty()) {
                // A run must not fail because of its log. The last event is small, or bounded by the output's size.
                memory.counts(wanted);
                return;
            }
            dropFirst();
        }
    }

    private void dropFirst() {
        int length = entries.removeFirst().json().length();
        bytes -= length;
        memory.gives(length + BYTES_OF_ANY);
    }
}
