package dev.muster.task;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The task trees of one loop: where tasks that have no parent are started.
 *
 * <p>{@link #start} and {@link #close} may be called from any thread.
 */
public final class Tasks {

    /**
     * Settings of the task trees.
     *
     * @param debug keep the place that starts a task, and measure steps; costs a stack trace a task
     * @param cleanUpBudget the time that each clean-up has
     * @param slowStep in debug mode, a step longer than this is reported
     * @param diagnostics who is told of dropped failures and slow steps
     */
    public record Options(boolean debug, Duration cleanUpBudget, Duration slowStep, Diagnostics diagnostics) {

        /** No debug, 2 s for a clean-up, slow from 100 ms on, reports to the platform's logger. */
        public static Options defaults() {
            return new Options(false, Duration.ofSeconds(2), Duration.ofMillis(100), new LoggedDiagnostics());
        }

        /** The same, with debug mode on or off. */
        public Options debug(boolean on) {
            return new Options(on, cleanUpBudget, slowStep, diagnostics);
        }

        /** The same, with another budget for each clean-up. */
        public Options cleanUpBudget(Duration budget) {
            return new Options(debug, budget, slowStep, diagnostics);
        }

        /** The same, with another threshold for slow steps. */
        public Options slowStep(Duration threshold) {
            return new Options(debug, cleanUpBudget, threshold, diagnostics);
        }

        /** The same, reporting to somebody else. */
        public Options diagnostics(Diagnostics to) {
            return new Options(debug, cleanUpBudget, slowStep, to);
        }
    }

    /** How long a failed task may stay without anybody looking at it before it is reported as dropped. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Loop loop;
    private final Options options;
    private final long slowStepNanos;
    private final TaskNode<Void> root;
    private final Promise<Void> closing = Promise.promise();
    private final Unseen unseen = new Unseen();
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

    /** The trees of a loop, with the default options. */
    public static Tasks on(Loop loop) {
        return on(loop, Options.defaults());
    }

    /** The trees of a loop. */
    public static Tasks on(Loop loop, Options options) {
        return new Tasks(loop, options);
    }

    /**
     * Starts a task without a parent. While these trees are being closed it ends as cancelled without beginning.
     *
     * @throws IllegalStateException on the loop, if these trees are closed; from another thread such a task ends as
     *     cancelled
     */
    public <T> Task<T> start(String name, Body<T> body) {
        return root.start(name, body);
    }

    /** Starts a task without a parent, with values for it and all below it; otherwise as {@link #start(String, Body)}. */
    public <T> Task<T> start(String name, Locals locals, Body<T> body) {
        return root.start(name, locals, body);
    }

    /** Cancels every task and completes when all have ended; later starts are refused. */
    public Future<Void> close() {
        root.cancel(CancelReason.shutdown("its loop is closed"));
        if (loop.inLoop()) {
            closing.tryComplete();
        } else {
            // Behind the starts of this thread: a root that has not begun yet would else end before they arrive.
            loop.execute(closing::tryComplete);
        }
        return root.future().transform(ended -> Future.succeededFuture());
    }

    /** The loop of these trees. */
    public Loop loop() {
        return loop;
    }

    /** How many tasks have been started and how many of them have not ended. On the loop. */
    public Statistics statistics() {
        return new Statistics(live, started);
    }

    /** The live tasks at this moment. On the loop. */
    public List<TaskSnapshot> snapshot() {
        return root.snapshot().children();
    }

    /** The path of the task whose step is on the loop, if one is: who is to blame when the loop hangs. Racy elsewhere. */
    public @Nullable String running() {
        TaskNode<?> now = current;
        return now == null ? null : now.path();
    }

    /**
     * The names of the task that the calling thread works for, from the root of its tree down, 256 at most: the one whose
     * step is on this loop, or whose work was {@linkplain #callAs carried} here. Empty where it works for none. It costs when
     * it is asked, and steps cost nothing for it.
     */
    public static List<String> current() {
        TaskNode<?> task = Current.here();
        return task == null ? List.of() : task.names();
    }

    /** The names of the task whose step is on this loop's thread, as {@link #current()} has them; racy. */
    public static List<String> current(Thread thread) {
        TaskNode<?> task = Current.on(thread);
        return task == null ? List.of() : task.names();
    }

    /**
     * A value of the task that the calling thread works for, as {@link #current()} finds that task; null where there is none.
     * On a thread that is not the loop's own it may be of a step that is over.
     */
    public static <V> @Nullable V current(TaskLocal<V> key) {
        TaskNode<?> task = Current.here();
        return task == null ? null : task.get(key);
    }

    /** A value of the task whose step is on this loop's thread; racy. */
    public static <V> @Nullable V current(Thread thread, TaskLocal<V> key) {
        TaskNode<?> task = Current.on(thread);
        return task == null ? null : task.get(key);
    }

    /** Does a task's work on the calling thread, whichever that is: it is the {@linkplain #current current} one meanwhile. */
    public static <R extends @Nullable Object> R callAs(Task<?> task, Callable<R> work) throws Exception {
        TaskNode<?> before = Current.carry((TaskNode<?>) task);
        try {
            return work.call();
        } finally {
            Current.carry(before);
        }
    }

    /** As {@link #callAs}, for work that gives nothing. */
    public static void runAs(Task<?> task, Runnable work) {
        TaskNode<?> before = Current.carry((TaskNode<?>) task);
        try {
            work.run();
        } finally {
            Current.carry(before);
        }
    }

    /**
     * Counts of tasks.
     *
     * @param live those that have not ended
     * @param started all since the beginning
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
        unseen.add(failed);
        if (graceTimer == null) {
            graceTimer = loop.schedule(GRACE, this::graceIsOver);
        }
    }

    private void graceIsOver() {
        unseen.reportEndedBy(loop.nanos() - GRACE.toNanos());
        graceTimer = unseen.isEmpty() ? null : loop.schedule(GRACE, this::graceIsOver);
    }

    /** All is over after {@link #close}: nobody will look any more. */
    void rootEnded() {
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        if (live != 0) {
            Invariants.broken(root, Invariants.NONE_LEFT);
        }
        unseen.reportAll();
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
}
