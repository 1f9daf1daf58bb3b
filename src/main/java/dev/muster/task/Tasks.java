package dev.muster.task;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The task trees of one loop. Tasks without a parent are started here.
 *
 * <p>{@link #start} and {@link #close} are safe on any thread.
 */
public final class Tasks {

    /**
     * Settings of the task trees.
     *
     * @param debug records the place where each task is started and measures steps; costs a stack trace for each task
     * @param cleanUpBudget the time limit of each clean-up
     * @param slowStep in debug mode, steps longer than this are reported
     * @param diagnostics receives dropped failures, slow steps and faults of the kernel
     */
    public record Options(boolean debug, Duration cleanUpBudget, Duration slowStep, Diagnostics diagnostics) {

        /** The defaults: no debug mode, 2 s for a clean-up, steps slow from 100 ms, reports to the platform's logger. */
        public static Options defaults() {
            return new Options(false, Duration.ofSeconds(2), Duration.ofMillis(100), new LoggedDiagnostics());
        }

        /** A copy with debug mode on or off. */
        public Options debug(boolean on) {
            return new Options(on, cleanUpBudget, slowStep, diagnostics);
        }

        /** A copy with another budget for each clean-up. */
        public Options cleanUpBudget(Duration budget) {
            return new Options(debug, budget, slowStep, diagnostics);
        }

        /** A copy with another threshold for slow steps. */
        public Options slowStep(Duration threshold) {
            return new Options(debug, cleanUpBudget, threshold, diagnostics);
        }

        /** A copy that reports to other diagnostics. */
        public Options diagnostics(Diagnostics to) {
            return new Options(debug, cleanUpBudget, slowStep, to);
        }
    }

    /** The time after which an unread failure is reported as dropped. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** The maximum number of unread failures; beyond that the oldest are reported early. */
    private static final int MAX_UNSEEN = 1_000;

    private final Loop loop;
    private final Options options;
    private final long slowStepNanos;
    private final TaskNode<Void> root;
    private final Promise<Void> closing = Promise.promise();

    /** The failed tasks whose failure has not been read yet. */
    private final ArrayDeque<TaskNode<?>> unseen = new ArrayDeque<>();

    private final FutureWaits futureWaits = new FutureWaits();
    private @Nullable Timer graceTimer;
    private @Nullable TaskNode<?> current;
    private long stepBeganNanos;
    private int live;
    private long started;

    private Tasks(Loop loop, Options options) {
        this.loop = loop;
        this.options = options;
        this.slowStepNanos = options.slowStep().toNanos();
        this.root = new TaskNode<>(this, null, TaskNode.Kind.PLAIN, "root", scope -> {
            Current.arrived(this);
            return closing.future();
        });
        if (loop.inLoop()) {
            Current.arrived(this);
        }
        loop.execute(root);
    }

    /** Creates the task trees of a loop with the default options. */
    public static Tasks on(Loop loop) {
        return on(loop, Options.defaults());
    }

    /** Creates the task trees of a loop. */
    public static Tasks on(Loop loop, Options options) {
        return new Tasks(loop, options);
    }

    /**
     * Starts a task without a parent. While these trees are being closed, the task ends as cancelled and its body never
     * runs.
     *
     * @throws IllegalStateException on the loop, if these trees are closed; from another thread the task then ends as
     *     cancelled
     */
    public <T> Task<T> start(String name, Body<T> body) {
        return root.start(name, body);
    }

    /** Starts a task without a parent, with values for it and all its descendants; otherwise as {@link #start(String, Body)}. */
    public <T> Task<T> start(String name, Locals locals, Body<T> body) {
        return root.start(name, locals, body);
    }

    /** Cancels every task and completes when all have ended. Later starts are rejected. */
    public Future<Void> close() {
        root.cancel(CancelReason.shutdown("its loop is closed"));
        if (loop.inLoop()) {
            closing.tryComplete();
        } else {
            // Queued behind earlier starts from this thread: a root that has not begun would otherwise end before they
            // arrive.
            loop.execute(closing::tryComplete);
        }
        return root.future().transform(ended -> Future.succeededFuture());
    }

    /** The loop of these trees. */
    public Loop loop() {
        return loop;
    }

    /** The counts of live and of started tasks. On the loop only. */
    public Statistics statistics() {
        return new Statistics(live, started);
    }

    /** Snapshots of the live tasks without a parent, with their descendants. On the loop only. */
    public List<TaskSnapshot> snapshot() {
        return root.snapshot().children();
    }

    /** The path of the task whose step is running on the loop, or null: it names the cause of a blocked loop. Racy on other threads. */
    public @Nullable String running() {
        TaskNode<?> now = current;
        return now == null ? null : now.path();
    }

    /**
     * The names of the task that the calling thread works for, from the root of its tree down, 256 at most. This is the
     * task whose step runs on this loop, or whose work was {@linkplain #callAs carried} to this thread. Empty if there is
     * none. The lookup has a cost; steps pay nothing for it.
     */
    public static List<String> current() {
        TaskNode<?> task = Current.here();
        return task == null ? List.of() : Named.names(task);
    }

    /** The names of the task whose step runs on the given loop thread, in the form of {@link #current()}; racy on other threads. */
    public static List<String> current(Thread thread) {
        TaskNode<?> task = Current.on(thread);
        return task == null ? List.of() : Named.names(task);
    }

    /** The value for a key in the task that the calling thread works for, found as by {@link #current()}; null if there is none. */
    public static <V> @Nullable V current(TaskLocal<V> key) {
        TaskNode<?> task = Current.here();
        return task == null ? null : task.get(key);
    }

    /**
     * The value for a key in the task whose step runs on the given loop thread; null if there is none. Racy on other
     * threads: the value can be that of a step that has ended.
     */
    public static <V> @Nullable V current(Thread thread, TaskLocal<V> key) {
        TaskNode<?> task = Current.on(thread);
        return task == null ? null : task.get(key);
    }

    /**
     * Runs work on behalf of a task on the calling thread, whichever it is: the task is the {@linkplain #current current}
     * one meanwhile.
     */
    public static <R extends @Nullable Object> R callAs(Task<?> task, Callable<R> work) throws Exception {
        TaskNode<?> before = Current.carry((TaskNode<?>) task);
        try {
            return work.call();
        } finally {
            Current.carry(before);
        }
    }

    /** Runs work without a result on behalf of a task, as {@link #callAs}. */
    public static void runAs(Task<?> task, Runnable work) {
        TaskNode<?> before = Current.carry((TaskNode<?>) task);
        try {
            work.run();
        } finally {
            Current.carry(before);
        }
    }

    /**
     * The counts of tasks.
     *
     * @param live tasks that have not ended
     * @param started all tasks started so far
     */
    public record Statistics(int live, long started) {}

    boolean debug() {
        return options.debug();
    }

    Duration cleanUpBudget() {
        return options.cleanUpBudget();
    }

    Diagnostics diagnostics() {
        return options.diagnostics();
    }

    void started() {
        live++;
        started++;
    }

    void ended(TaskNode<?> task) {
        live--;
        if (live < 0) {
            live = 0;
            Invariants.broken(task, Invariants.COUNTED);
        }
    }

    FutureWaits futureWaits() {
        return futureWaits;
    }

    void failedUnseen(TaskNode<?> failed) {
        if (unseen.size() == MAX_UNSEEN) {
            unseen.remove().reportIfUnlooked();
        }
        unseen.add(failed);
        if (graceTimer == null) {
            graceTimer = loop.schedule(GRACE, this::graceIsOver);
        }
    }

    private void graceIsOver() {
        reportEndedBy(loop.nanos() - GRACE.toNanos());
        graceTimer = unseen.isEmpty() ? null : loop.schedule(GRACE, this::graceIsOver);
    }

    /** Reports the unread failures of tasks that had ended by a moment in the loop's time. */
    private void reportEndedBy(long nanos) {
        for (TaskNode<?> first = unseen.peek(); first != null && first.endedNanos <= nanos; first = unseen.peek()) {
            unseen.remove().reportIfUnlooked();
        }
    }

    /** The root has ended after {@link #close}: no reader is left, so all unread failures are reported. */
    void rootEnded() {
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        if (live != 0) {
            Invariants.broken(root, Invariants.NONE_LEFT);
        }
        reportEndedBy(Long.MAX_VALUE);
        Current.left(this);
    }

    @Nullable
    TaskNode<?> onLoop() {
        return current;
    }

    @Nullable
    TaskNode<?> enter(TaskNode<?> task) {
        TaskNode<?> before = current;
        current = task;
        if (options.debug() && before == null) {
            stepBeganNanos = loop.nanos();
        }
        return before;
    }

    void leave(TaskNode<?> task, @Nullable TaskNode<?> before) {
        current = before;
        if (options.debug() && before == null) {
            long nanos = loop.nanos() - stepBeganNanos;
            if (nanos > slowStepNanos) {
                loop.execute(() -> options.diagnostics().slowStep(task.path(), nanos));
            }
        }
    }

    /** Diagnostics that log to the platform's logger, so that the kernel needs no logging library. */
    static final class LoggedDiagnostics implements Diagnostics {

        /** Loaded at the first report: the platform's logger is slow to initialize, and most trees have nothing to report. */
        private static final class Log {
            private static final Logger LOGGER = System.getLogger("dev.muster.task");
        }

        @Override
        public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
            Log.LOGGER.log(Level.WARNING, "task " + task + " failed and its failure was not observed", failure);
            if (origin != null) {
                Log.LOGGER.log(Level.WARNING, "task " + task + " was started here", origin);
            }
        }

        static void log(BrokenInvariantException broken) {
            Log.LOGGER.log(Level.ERROR, broken.getMessage(), broken);
        }

        @Override
        public void slowStep(String task, long nanos) {
            Log.LOGGER.log(Level.WARNING, "a step of task {0} held the loop for {1} ms", task, nanos / 1_000_000);
        }
    }
}
