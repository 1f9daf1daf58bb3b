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
 * The cancel receipts of one source. A receipt is opened when a cancel arrives, closed once with its outcome, counted, and passed
 * to its step. Without a cancel nothing is allocated. Safe on any thread; an open receipt belongs to the loop of its scope.
 */
public final class Receipts {

    /** The receiver of a step's receipts: a local value of the step's task that child tasks inherit. */
    public static final TaskLocal<Taker> STEP = TaskLocal.named("step");

    /**
     * The extra time a server-side limit has beyond the step's own deadline. The step's deadline then fires first, and its cancel
     * produces a receipt.
     */
    public static final Duration SERVER_SLACK = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.cancel");

    private final String source;
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder abandoned = new LongAdder();

    /** Creates the receipts of the source with this name. */
    public Receipts(String source) {
        this.source = source;
    }

    String source() {
        return source;
    }

    /** The part of a step that receives its receipts. */
    public interface Taker {

        /** The step's position in its run, for example {@code sellers[3]}. Safe on any thread. */
        String path();

        /** Receives a receipt, before the cancelled wait ends. Runs on the loop of the step. */
        void take(Receipt receipt);
    }

    /**
     * The number of cancels of a source by outcome, since the start.
     *
     * @param confirmed cancels that were confirmed
     * @param closed cancels that were not confirmed in time, so that the connection was closed
     * @param abandoned cancels whose work kept running
     */
    public record Statistics(long confirmed, long closed, long abandoned) {}

    /** Opens a receipt for a cancel that arrived at a call of this scope. Runs on the loop of the scope. */
    public Open begin(Scope scope, CancelReason reason) {
        return begin(scope, source, By.of(reason), reason.why());
    }

    /** Opens a receipt for a call whose target is not the source of these receipts. Runs on the loop of the scope. */
    public Open begin(Scope scope, String target, CancelReason reason) {
        return begin(scope, target, By.of(reason), reason.why());
    }

    /** Opens a receipt for a cancel that has no reason from the kernel. Runs on the loop of the scope. */
    public Open begin(Scope scope, By by, String why) {
        return begin(scope, source, by, why);
    }

    private Open begin(Scope scope, String target, By by, String why) {
        return new Open(scope, target, by, why, scope.loop().nanos());
    }

    /** Gives the step the receipt of a cancelled call that was never sent. There is nothing to stop, and nothing is counted. */
    public static void notSent(Scope scope, String target, CancelReason reason) {
        give(scope, new Receipt(By.of(reason), reason.why(), target, State.CONFIRMED, 0, false));
    }

    /** The counts of cancel outcomes so far. Safe on any thread. */
    public Statistics statistics() {
        return new Statistics(confirmed.sum(), closed.sum(), abandoned.sum());
    }

    private static void give(Scope scope, Receipt receipt) {
        Taker taker = scope.get(STEP);
        if (taker != null) {
            taker.take(receipt);
        }
    }

    /** The receipt of a cancel in progress. Only the first reported outcome counts. Runs on the loop of its scope. */
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

        /** Reports that nothing of the call is running and that the cancel can no longer act. */
        public void confirmed() {
            end(State.CONFIRMED, confirmed);
        }

        /** Reports that the cancel was not confirmed and that the connection is closed. */
        public void closed() {
            end(State.CLOSED, closed);
        }

        /** Reports that the work is still running. */
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
                            "{}: was cancelled {} ms ago and still runs; it is abandoned, and keeps its place until it"
                                    + " ends: {}",
                            target,
                            millis,
                            why);
            }
        }
    }
}
