package dev.muster.access;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The place where signatures that take long are verified, off the event loops: a few at once, a bounded number waiting, and each
 * token once however many bring it. From any thread; the lock is held for a look-up only.
 *
 * <p>Its threads end by themselves once they have had nothing to do, so that there is nothing to close, and whoever asks by a
 * configuration that was just replaced is answered too.
 */
final class SignatureChecks {
    /** Less than a second of work, where each is of the slowest algorithm. */
    static final int MOST_TOKENS = 128;

    /** As many as a node has runs at once unless told otherwise. */
    static final int MOST_ASKING = 10_000;

    private static final int MOST_THREADS = 4;
    private static final long IDLE_SECONDS = 1;

    private final Executor threads;
    private final Map<Checked, Check> checks = new HashMap<>();
    private int asking;

    /** A token, and the keys it is verified with. */
    private record Checked(KeyDigest token, VerificationKeys keys) {}

    /** What goes on for a token. */
    private static final class Check {
        private final Promise<Caller> caller = Promise.promise();
        private int asking = 1;
    }

    /** With threads of its own, which are daemons. */
    SignatureChecks() {
        this(threads());
    }

    SignatureChecks(Executor threads) {
        this.threads = threads;
    }

    /**
     * Has a token verified.
     *
     * @param verification of it; throws the reason if it does not hold
     * @return completes on a thread of its own; fails with the reason, or with a {@link TooManyTokensException} at once
     */
    Future<Caller> check(KeyDigest token, VerificationKeys keys, Supplier<Caller> verification) {
        var checked = new Checked(token, keys);
        Check check;
        synchronized (checks) {
            Check underWay = checks.get(checked);
            if (asking >= MOST_ASKING || (underWay == null && checks.size() >= MOST_TOKENS)) {
                return Future.failedFuture(new TooManyTokensException());
            }
            asking++;
            if (underWay != null) {
                underWay.asking++;
                return underWay.caller.future();
            }
            check = new Check();
            checks.put(checked, check);
        }
        try {
            threads.execute(() -> run(checked, check, verification));
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            // Such as when the system gives no more threads.
            ended(checked, check, Future.failedFuture(e));
        }
        return check.caller.future();
    }

    /** How many tokens are being verified, or wait for it. */
    int size() {
        synchronized (checks) {
            return checks.size();
        }
    }

    private void run(Checked checked, Check check, Supplier<Caller> verification) {
        Future<Caller> end;
        try {
            end = Future.succeededFuture(verification.get());
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            end = Future.failedFuture(e);
        }
        ended(checked, check, end);
    }

    private void ended(Checked checked, Check check, Future<Caller> end) {
        synchronized (checks) {
            checks.remove(checked);
            asking -= check.asking;
        }
        end.onComplete(check.caller);
    }

    /** One for two cores: forgers shall not take them all, and Vert.x verifies one signature of a key at a time anyway. */
    private static Executor threads() {
        int most = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        var count = new AtomicLong();
        var pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_TOKENS), work -> {
                    var thread = new Thread(work, "muster-tokens-" + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
