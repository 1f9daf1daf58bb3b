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
 * The executor of slow signature checks, off the event loops. A few run at once, a bounded number wait, and concurrent requests
 * with the same token share one check. Safe on any thread; the lock is held for a look-up only.
 *
 * <p>Idle threads end by themselves, so that there is nothing to close. Checks of a configuration that was just replaced still
 * complete.
 */
final class SignatureChecks {
    /** Limit of tokens being checked or waiting: less than a second of work, even with the slowest algorithm. */
    static final int MAX_TOKENS = 128;

    /** Limit of waiting requests: the default limit of concurrent runs of a node. */
    static final int MAX_WAITING = 10_000;

    private static final int MAX_THREADS = 4;
    private static final long IDLE_SECONDS = 1;

    private final Executor threads;
    private final Map<Checked, Check> checks = new HashMap<>();
    private int waiting;

    /** A token, and the keys to verify it with. */
    private record Checked(KeyDigest token, VerificationKeys keys) {}

    /** A check in progress and the number of requests that wait for it. */
    private static final class Check {
        private final Promise<Caller> caller = Promise.promise();
        private int waiting = 1;
    }

    /** Creates an instance with daemon threads of its own. */
    SignatureChecks() {
        this(threads());
    }

    SignatureChecks(Executor threads) {
        this.threads = threads;
    }

    /**
     * Verifies a token.
     *
     * @param verification the check; throws the reason if the token is not valid
     * @return completes on a thread of this executor; fails with the reason, or at once with a {@link TooManyTokensException}
     */
    Future<Caller> check(KeyDigest token, VerificationKeys keys, Supplier<Caller> verification) {
        var checked = new Checked(token, keys);
        Check check;
        synchronized (checks) {
            Check running = checks.get(checked);
            if (waiting >= MAX_WAITING || (running == null && checks.size() >= MAX_TOKENS)) {
                return Future.failedFuture(new TooManyTokensException());
            }
            waiting++;
            if (running != null) {
                running.waiting++;
                return running.caller.future();
            }
            check = new Check();
            checks.put(checked, check);
        }
        try {
            threads.execute(() -> run(checked, check, verification));
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            // For example, the operating system gives no more threads.
            ended(checked, check, Future.failedFuture(e));
        }
        return check.caller.future();
    }

    /** The number of tokens being verified or waiting for verification. */
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
            waiting -= check.waiting;
        }
        end.onComplete(check.caller);
    }

    /**
     * Creates one thread for every two cores, so that forged tokens cannot occupy all cores. More threads would not help:
     * Vert.x verifies one signature of a key at a time.
     */
    private static Executor threads() {
        int most = Math.max(1, Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        var count = new AtomicLong();
        var pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_TOKENS), work -> {
                    var thread = new Thread(work, "muster-tokens-" + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
