package dev.muster.connect;

import dev.muster.connect.Receipt.By;
import dev.muster.connect.Receipt.State;
import dev.muster.loop.Nanos;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.TaskLocal;
import dev.muster.task.Tasks;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receipts of the cancels at one source: each is opened when a cancel arrives, closed once with how it ended, counted, and
 * handed to the step that it belongs to. Nothing is made where nothing is cancelled. Safe on every thread; a receipt is on the
 * loop of its scope.
 */
public final class Receipts {

    /** Who takes the receipts of a step: a value of the step's task that the tasks below inherit. */
    public static final TaskLocal<Taker> STEP = TaskLocal.named("step");

    /**
     * How much longer than its step a call may take at a server that ends it by itself: so the step's own deadline comes first, whose
     * cancel has a receipt.
     */
    public static final Duration SERVER_SLACK = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.cancel");

    private final String source;
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder abandoned = new LongAdder();

    /** Of a source of this name. */
    public Receipts(String source) {
        this.source = source;
    }

    /** The name of the source. */
    String source() {
        return source;
    }

    /** A step as those see it who stop its calls. */
    public interface Taker {

        /** Where the step stands in its run: {@code sellers[3]}. From any thread. */
        String path();

        /** Takes a receipt, before the wait that was cancelled ends. On the loop of the step. */
        void take(Receipt receipt);
    }

    /**
     * How the cancels at a source ended, since the beginning.
     *
     * @param confirmed those that were confirmed
     * @param closed those that were not confirmed in time, so that the connection was closed
     * @param abandoned those whose work went on all the same
     */
    public record Statistics(long confirmed, long closed, long abandoned) {}

    /** A cancel has arrived at a call of this scope. On its loop. */
    public Open begin(Scope scope, CancelReason reason) {
        return begin(scope, source, By.of(reason), reason.why());
    }

    /** The same, where the target of the call is not the source of which these are. */
    public Open begin(Scope scope, String target, CancelReason reason) {
        return begin(scope, target, By.of(reason), reason.why());
    }

    /** The same, for somebody who has no reason of the kernel's. */
    public Open begin(Scope scope, By by, String why) {
        return begin(scope, source, by, why);
    }

    private Open begin(Scope scope, String target, By by, String why) {
        return new Open(scope, target, by, why, scope.loop().nanos());
    }

    /** A cancel has found a call of this scope that has not been sent: there is nothing to stop, and nothing is counted. */
    public static void notSent(Scope scope, String target, CancelReason reason) {
        give(scope, new Receipt(By.of(reason), reason.why(), target, State.CONFIRMED, 0, false));
    }

    /** How the cancels ended until now. */
    public Statistics statistics() {
        return new Statistics(confirmed.sum(), closed.sum(), abandoned.sum());
    }

    private static void give(Scope scope, Receipt receipt) {
        Taker taker = scope.get(STEP);
        if (taker != null) {
            taker.take(receipt);
        }
    }

    /** A cancel that is under way; what is said first of its end counts. On the loop of its scope. */
    public final class Open {
        private final Scope scope;
        private final String target;
        private final By by;
        private final String why;
        private final long beganNanos;
        private boolean over;

        private Open(Scope scope, String target, By by, String why, long beganNanos) {
            this.scope = scope;
            this.target = target;
            this.by = by;
            this.why = why;
            this.beganNanos = beganNanos;
        }

        /** Nothing of the call is at work any more, nor can the cancel act any more. */
        public void confirmed() {
            end(State.CONFIRMED, confirmed);
        }

        /** It was not confirmed, and the connection is closed. */
        public void closed() {
            end(State.CLOSED, closed);
        }

        /** The work still goes on. */
        public void abandoned() {
            end(State.ABANDONED, abandoned);
        }

        private void end(State state, LongAdder count) {
            if (over) {
                return;
            }
            over = true;
            count.increment();
            long nanos = scope.loop().nanos() - beganNanos;
            give(scope, new Receipt(by, why, target, state, nanos, true));
            Tasks.runAs(scope.task(), () -> log(state, Nanos.toMillis(nanos)));
        }

        private void log(State state, double millis) {
            switch (state) {
                case CONFIRMED -> LOG.debug("{}: a cancel was confirmed in {} ms: {}", target, millis, why);
                case CLOSED ->
                    LOG.warn(
                            "{}: a cancel was not confirmed within {} ms, and its connection is closed: {}",
                            target,
                            millis,
                            why);
                case ABANDONED ->
                    LOG.error(
                            "{}: was told to stop {} ms ago and still runs; it is abandoned, and keeps its place until it"
                                    + " ends: {}",
                            target,
                            millis,
                            why);
            }
        }
    }
}
