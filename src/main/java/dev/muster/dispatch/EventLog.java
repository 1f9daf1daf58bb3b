package dev.muster.dispatch;

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
 * The last events of one run as JSON, numbered from 1, for readers who come when they like.
 *
 * <p>Bounded in number and size, and by the node's memory: the oldest leave first, and a reader who has not seen them is told of the gap; the last one
 * stays whatever its size. Safe on every thread.
 */
public final class EventLog {

    /** What an entry takes beside its text. */
    private static final long BYTES_OF_ANY = 100;

    private final MemoryBudget.Share memory;
    private final int most;
    private final long mostBytes;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final IdentityHashMap<Future<Void>, Promise<Void>> readers = new IdentityHashMap<>();
    private long bytes;
    private long last;
    private boolean over;

    EventLog(DispatchLimits limits, MemoryBudget.Share memory) {
        this.memory = memory;
        most = limits.events();
        mostBytes = limits.eventsBytes();
    }

    /**
     * One event.
     *
     * @param number its place among the run's, from 1
     * @param name the word of its kind
     * @param json the event, on one line
     */
    public record Entry(long number, String name, Buffer json) {}

    /**
     * What there is for a reader.
     *
     * @param missed the number of the first event that is no longer there, or 0 where none is missing
     * @param entries the next events, in order
     * @param over whether no more will come after these
     * @param more completes, on any thread, when there is more; at once if there is already
     */
    public record Page(long missed, List<Entry> entries, boolean over, Future<Void> more) {}

    /** The events behind this number, so many at most. Who no longer waits for more has to {@link #forget} it. */
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

    /** Lets go of whoever waits for more behind this page: readers come and go while a run says nothing for long. */
    public synchronized void forget(Page page) {
        readers.remove(page.more());
    }

    /** How many readers wait for more. */
    synchronized int waiting() {
        return readers.size();
    }

    /** How much is kept. */
    synchronized long bytes() {
        return bytes;
    }

    void add(Event event) {
        Buffer line = JsonBody.of(event.toValue());
        List<Promise<Void>> told;
        synchronized (this) {
            last++;
            takeMemory(line.length() + BYTES_OF_ANY);
            entries.addLast(new Entry(last, event.word(), line));
            bytes += line.length();
            while (entries.size() > 1 && (entries.size() > most || bytes > mostBytes)) {
                dropFirst();
            }
            over = event instanceof Event.End;
            told = List.copyOf(readers.values());
            readers.clear();
        }
        told.forEach(Promise::complete);
    }

    /** Takes it from older events where there is no more of it. */
    private void takeMemory(long wanted) {
        while (!memory.tryTake(wanted)) {
            if (entries.isEmpty()) {
                // A run does not fail for what is kept of it; the last event is small, or bounded by the output's size.
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
