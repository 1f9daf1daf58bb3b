package dev.muster.connect.sql;

import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.loop.Timer;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cancellable action that occupies a connection, up to its confirmed end. Runs on the loop of its scope; {@link #stop} is safe on
 * any thread.
 *
 * <p>A cancel that arrives after its statement has ended would hit the next statement on that connection. The wait therefore ends
 * only when the statement has ended and the cancel can no longer act. A cancel that arrives before its statement has no effect and
 * is repeated. If the end is not confirmed in time, the connection is closed.
 */
final class CancellableStatement<T> {
    /** Maximum time to confirm a cancel. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The pause before the first repeat of a cancel; each further pause is twice as long. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(CancellableStatement.class);

    private final SqlSession session;
    private final Scope scope;
    private @Nullable Waiter<T> waiter;
    private @Nullable Timer patience;
    private @Nullable Timer repeat;
    private Duration pause = FIRST_PAUSE;
    private @Nullable Throwable outcome;
    private Receipts.@Nullable Open receipt;
    private boolean ended;
    private boolean confirmed;

    CancellableStatement(SqlSession session, Scope scope) {
        this.session = session;
        this.scope = scope;
    }

    /** Starts the action and waits for its end. */
    Future<T> await(Supplier<Future<T>> begin) {
        return scope.suspend(session.source().name(), parked -> {
            waiter = parked;
            begin.get().onComplete((value, failure) -> session.onLoop(() -> end(value, failure)));
            return reason -> {
                stopNow(new CancelledException(reason));
                return false;
            };
        });
    }

    /** Ends the action early; its wait then fails with this error. */
    void stop(Throwable why) {
        session.onLoop(() -> stopNow(why));
    }

    private void end(@Nullable T value, @Nullable Throwable failure) {
        ended = true;
        if (outcome == null) {
            resume(value, failure);
        } else {
            endIfConfirmed();
        }
    }

    private void stopNow(Throwable why) {
        if (outcome != null) {
            // A cancel arrived after a limit had been exceeded; the first request is already in progress.
            outcome = why;
            return;
        }
        if (ended) {
            return;
        }
        outcome = why;
        receipt = why instanceof CancelledException cancelled
                ? session.source().receipts().begin(scope, cancelled.reason())
                : session.source().receipts().begin(scope, Receipt.By.LIMIT, String.valueOf(why.getMessage()));
        session.stopped();
        session.source().statementCancelled();
        patience = scope.loop().schedule(PATIENCE, this::giveUp);
        ask();
    }

    /** Asks the server to end the statement. Repeats if the request arrived before the statement began and had no effect. */
    private void ask() {
        confirmed = false;
        session.source()
                .database()
                .cancel(session.connection())
                .onComplete((done, failure) -> session.onLoop(() -> {
                    if (failure == null) {
                        confirmed = true;
                        endIfConfirmed();
                        askAgain();
                    } else {
                        Tasks.runAs(
                                scope.task(),
                                () -> LOG.debug(
                                        "{}: a cancel could not be confirmed",
                                        session.source().name(),
                                        failure));
                        giveUp();
                    }
                }));
    }

    private void askAgain() {
        if (!ended && waiter != null) {
            repeat = scope.loop().schedule(pause, this::ask);
            pause = pause.multipliedBy(2);
        }
    }

    private void endIfConfirmed() {
        if (ended && confirmed) {
            if (receipt != null) {
                receipt.confirmed();
            }
            resume(null, outcome);
        }
    }

    private void giveUp() {
        session.broken();
        if (receipt != null) {
            receipt.closed();
        }
        resume(null, outcome);
    }

    private void resume(@Nullable T value, @Nullable Throwable failure) {
        Waiter<T> parked = waiter;
        waiter = null;
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
        if (repeat != null) {
            repeat.cancel();
            repeat = null;
        }
        if (parked != null) {
            parked.complete(value, failure);
        }
    }
}
