package dev.muster.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A loop for tests: it runs on the thread that made it, inside {@link #run}, and its time jumps to the next timer when
 * nothing is ready.
 *
 * <p>With {@link #shuffled} the ready steps run in a random order that the seed decides, so that a test finds code which
 * works by luck of the order. Other threads may {@link #execute} a step; all the rest belongs to one thread.
 */
public final class VirtualLoop implements Loop {

    private final ArrayDeque<Runnable> inOrder = new ArrayDeque<>();
    private final List<Runnable> unordered = new ArrayList<>();
    private final TreeSet<VirtualTimer> timers = new TreeSet<>();

    /** Timers of this moment that wait for their turn among the ready steps, in which they can still be cancelled. */
    private final Set<VirtualTimer> due = new HashSet<>();

    private final @Nullable Random random;
    private final Thread thread = Thread.currentThread();
    private @Nullable Throwable firstFailure;
    private long nanos;
    private long timersMade;

    private VirtualLoop(@Nullable Random random) {
        this.random = random;
    }

    /** A loop that runs ready steps in the order in which they came. */
    public static VirtualLoop inOrder() {
        return new VirtualLoop(null);
    }

    /** A loop that runs ready steps, and timers of one moment, in an order decided by a seed. */
    public static VirtualLoop shuffled(long seed) {
        return new VirtualLoop(new Random(seed));
    }

    /** Runs until nothing is ready and no timer waits; time jumps. Throws the first exception of a step, if any. */
    public void run() {
        do {
            runReady();
        } while (jump(Long.MAX_VALUE));
    }

    /** Runs what is ready, without letting time pass. */
    public void runReady() {
        if (!inLoop()) {
            throw new IllegalStateException("this loop belongs to " + thread + ", which alone may run it");
        }
        for (Runnable step = next(); step != null; step = next()) {
            try {
                step.run();
            } catch (Throwable e) {
                keep(e);
            }
        }
        Throwable failure = firstFailure;
        firstFailure = null;
        if (failure != null) {
            VirtualLoop.<RuntimeException>rethrow(failure);
        }
    }

    /** Lets time pass, running what becomes due on the way. */
    public void advance(Duration by) {
        long end = nanos + Nanos.of(by);
        do {
            runReady();
        } while (jump(end));
        nanos = end;
    }

    /** How many steps are ready. */
    public int readySteps() {
        synchronized (inOrder) {
            return inOrder.size() + unordered.size();
        }
    }

    /** How many timers wait. */
    public int waitingTimers() {
        return timers.size();
    }

    @Override
    public void execute(Runnable step) {
        synchronized (inOrder) {
            if (random == null) {
                inOrder.add(step);
            } else {
                unordered.add(step);
            }
        }
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant wallTime() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable step) {
        long tie = random == null ? 0 : random.nextLong();
        var timer = new VirtualTimer(nanos + Math.max(0, delayNanos), tie, timersMade++, step);
        timers.add(timer);
        return () -> {
            timers.remove(timer);
            due.remove(timer);
        };
    }

    private @Nullable Runnable next() {
        synchronized (inOrder) {
            return random == null ? inOrder.poll() : any(random);
        }
    }

    /** The last one takes the place of the one that is taken: constant time. */
    private @Nullable Runnable any(Random random) {
        if (unordered.isEmpty()) {
            return null;
        }
        int last = unordered.size() - 1;
        Runnable taken = unordered.set(random.nextInt(last + 1), unordered.get(last));
        unordered.remove(last);
        return taken;
    }

    private boolean jump(long limitNanos) {
        if (timers.isEmpty() || timers.first().atNanos > limitNanos) {
            return false;
        }
        nanos = Math.max(nanos, timers.first().atNanos);
        while (!timers.isEmpty() && timers.first().atNanos <= nanos) {
            VirtualTimer timer = timers.pollFirst();
            due.add(timer);
            execute(() -> {
                if (due.remove(timer)) {
                    timer.step.run();
                }
            });
        }
        return true;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws what the step threw, checked or not
    private static <E extends Throwable> void rethrow(Throwable failure) throws E {
        throw (E) failure;
    }

    private void keep(Throwable e) {
        if (firstFailure == null) {
            firstFailure = e;
        } else if (firstFailure != e) {
            firstFailure.addSuppressed(e);
        }
    }

    private record VirtualTimer(long atNanos, long tie, long number, Runnable step)
            implements Comparable<VirtualTimer> {
        private static final Comparator<VirtualTimer> ORDER = Comparator.comparingLong(VirtualTimer::atNanos)
                .thenComparingLong(VirtualTimer::tie)
                .thenComparingLong(VirtualTimer::number);

        @Override
        public int compareTo(VirtualTimer other) {
            return ORDER.compare(this, other);
        }
    }
}
