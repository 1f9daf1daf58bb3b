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
 * A loop for tests with virtual time: it runs on the thread that created it, inside {@link #run}, and its time jumps to
 * the next timer when no step is ready.
 *
 * <p>With {@link #shuffled} the ready steps run in a random order determined by the seed, which finds code that depends
 * on an accidental order. {@link #execute} is safe on any thread; everything else is for the thread that created the
 * loop.
 */
public final class VirtualLoop implements Loop {

    private final ArrayDeque<Runnable> inOrder = new ArrayDeque<>();
    private final List<Runnable> unordered = new ArrayList<>();
    private final TreeSet<VirtualTimer> timers = new TreeSet<>();

    /** Timers that are due and queued among the ready steps; they can still be cancelled. */
    private final Set<VirtualTimer> due = new HashSet<>();

    private final @Nullable Random random;
    private final Thread thread = Thread.currentThread();
    private @Nullable Throwable firstFailure;
    private long nanos;
    private long timersMade;

    private VirtualLoop(@Nullable Random random) {
        this.random = random;
    }

    /** Creates a loop that runs ready steps in the order of arrival. */
    public static VirtualLoop inOrder() {
        return new VirtualLoop(null);
    }

    /** Creates a loop that runs ready steps, and timers due at the same time, in an order determined by a seed. */
    public static VirtualLoop shuffled(long seed) {
        return new VirtualLoop(new Random(seed));
    }

    /**
     * Runs until no step is ready and no timer is pending; time jumps from timer to timer. Throws the first exception of
     * a step, if any, with later ones suppressed in it.
     */
    public void run() {
        do {
            runReady();
        } while (jump(Long.MAX_VALUE));
    }

    /**
     * Runs the ready steps, and those they add, without advancing time. Throws the first exception of a step, as
     * {@link #run}.
     *
     * @throws IllegalStateException on another thread than the one that created the loop
     */
    public void runReady() {
        if (!inLoop()) {
            throw new IllegalStateException("this loop belongs to " + thread + ", and only that thread may run it");
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

    /** Advances time, running the timers that become due in the interval. Throws the first exception of a step, as {@link #run}. */
    public void advance(Duration by) {
        long end = nanos + Nanos.of(by);
        do {
            runReady();
        } while (jump(end));
        nanos = end;
    }

    /** The number of ready steps. */
    public int readySteps() {
        synchronized (inOrder) {
            return inOrder.size() + unordered.size();
        }
    }

    /** The number of pending timers. */
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

    /** Removes a random step in constant time: the last step moves into its place. */
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
