package dev.muster.loop;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loop on one event-loop context of Vert.x.
 *
 * <p>Steps added on the loop's own thread are kept in a plain deque. One Netty task runs the steps that were ready when
 * the task began: a step then costs a few nanoseconds instead of a pass through Netty's concurrent queue, and I/O is
 * still served between two rounds.
 */
final class VertxLoop implements Loop, Handler<Void> {

    private static final long ORIGIN_NANOS = System.nanoTime();

    /** The number of steps after which I/O and timers are served, however many steps are still ready. */
    private static final int MAX_STEPS_A_TURN = 4_096;

    private final ContextInternal context;
    private final EventLoop thread;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private boolean roundIsDue;
    private int stepsOfTurn;

    private VertxLoop(ContextInternal context) {
        this.context = context;
        this.thread = context.nettyEventLoop();
    }

    static Loop of(Vertx vertx) {
        return new VertxLoop(((VertxInternal) vertx).createEventLoopContext());
    }

    static Loop of(Context context) {
        if (!context.isEventLoopContext()) {
            throw new IllegalArgumentException("a loop needs an event-loop context; this one belongs to a worker");
        }
        return new VertxLoop((ContextInternal) context);
    }

    @Override
    public void execute(Runnable step) {
        if (thread.inEventLoop()) {
            ready.addLast(step);
            if (!roundIsDue) {
                roundIsDue = true;
                context.runOnContext(this);
            }
        } else {
            context.runOnContext(ignored -> step.run());
        }
    }

    /** Runs one round: the steps that are ready now, at most {@link #MAX_STEPS_A_TURN}. Steps added meanwhile wait for the next round. */
    @Override
    public void handle(Void ignored) {
        int steps = Math.min(ready.size(), MAX_STEPS_A_TURN);
        stepsOfTurn += steps;
        try {
            while (steps > 0) {
                steps--;
                ready.removeFirst().run();
            }
        } finally {
            roundIsDue = !ready.isEmpty();
            if (roundIsDue) {
                again();
            }
        }
    }

    /**
     * Schedules the next round. Netty runs up to 64 consecutive tasks before it looks at its sockets and timers. After
     * {@link #MAX_STEPS_A_TURN} steps the next round is therefore scheduled behind them.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // never cancelled
    private void again() {
        if (stepsOfTurn < MAX_STEPS_A_TURN) {
            context.runOnContext(this);
        } else {
            stepsOfTurn = 0;
            thread.schedule(() -> context.runOnContext(this), 0, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public <T> Promise<T> promise() {
        return context.promise();
    }

    @Override
    public boolean inLoop() {
        return thread.inEventLoop();
    }

    @Override
    public long nanos() {
        return System.nanoTime() - ORIGIN_NANOS;
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable step) {
        var timer = new ContextTimer(context, step);
        timer.scheduled = thread.schedule(timer, delayNanos, TimeUnit.NANOSECONDS);
        return timer;
    }

    @Override
    public String toString() {
        return "loop of " + context.deploymentID() + " on " + thread;
    }

    private static final class ContextTimer implements Timer, Runnable {
        private final ContextInternal context;
        private final Runnable step;
        private @Nullable Future<?> scheduled;

        ContextTimer(ContextInternal context, Runnable step) {
            this.context = context;
            this.step = step;
        }

        @Override
        public void run() {
            context.dispatch(step);
        }

        @Override
        public void cancel() {
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }
    }
}
