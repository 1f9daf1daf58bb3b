package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that reconnects until it is open, so that a queue exists before its database can be reached. During an attempt,
 * operations wait for it; between two attempts they fail with the error of the last one. Once the store is open, calls pass
 * straight through. Created and used on one loop.
 */
public final class ReconnectingJobStore implements JobStore {

    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingJobStore.class);

    static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Loop loop;
    private final String queue;
    private final Supplier<Future<JobStore>> opening;
    private Promise<JobStore> attempt = Promise.promise();
    private Duration pause = SHORTEST_PAUSE;
    private @Nullable JobStore store;
    private @Nullable Listener listener;
    private @Nullable Timer again;
    private @Nullable String complaint;
    private boolean ended;

    /**
     * Starts the first attempt.
     *
     * @param queue name of the queue, for log messages
     * @param opening makes one attempt, which must end in every case, and completes on the loop
     */
    public ReconnectingJobStore(Loop loop, String queue, Supplier<Future<JobStore>> opening) {
        this.loop = loop;
        this.queue = queue;
        this.opening = opening;
        begin();
    }

    /**
     * Whether the store is open: completes with the attempt in progress, or fails at once with the error of the last one. Call on
     * the loop.
     */
    public Future<Void> ready() {
        return attempt.future().mapEmpty();
    }

    @Override
    public void listen(Listener listener) {
        if (this.listener != null) {
            throw new IllegalStateException("the store of queue " + queue + " already has a listener");
        }
        this.listener = listener;
        if (store != null) {
            store.listen(listener);
        }
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> jobs) {
        return in(open -> open.put(jobs));
    }

    @Override
    public Future<List<Job>> take(int max) {
        return in(open -> open.take(max));
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        return in(open -> open.settle(batch));
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return in(open -> open.cancel(ids));
    }

    @Override
    public Future<Integer> redrive(int max) {
        return in(open -> open.redrive(max));
    }

    @Override
    public Future<RedriveVerdict> redrive(String id) {
        return in(open -> open.redrive(id));
    }

    @Override
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        return in(open -> open.list(state, after, limit));
    }

    @Override
    public Future<Optional<Job.View>> find(String id) {
        return in(open -> open.find(id));
    }

    @Override
    public Future<QueueStatus> status() {
        return in(JobStore::status);
    }

    @Override
    public Future<Void> pause() {
        return in(JobStore::pause);
    }

    @Override
    public Future<Void> resume() {
        return in(JobStore::resume);
    }

    @Override
    public Future<Void> close() {
        return in(JobStore::close);
    }

    @Override
    public Future<Void> reopen() {
        return in(JobStore::reopen);
    }

    @Override
    public Future<Void> end() {
        if (!ended) {
            ended = true;
            if (again != null) {
                again.cancel();
            }
            attempt.tryFail(QueueException.ended(queue));
        }
        return store == null ? Future.succeededFuture() : store.end();
    }

    private <T> Future<T> in(Function<JobStore, Future<T>> operation) {
        return store != null ? operation.apply(store) : attempt.future().compose(operation);
    }

    private void begin() {
        opening.get().onComplete((opened, failure) -> {
            if (failure != null) {
                failed(failure);
            } else if (ended) {
                opened.end();
            } else {
                open(opened);
            }
        });
    }

    private void open(JobStore opened) {
        store = opened;
        if (complaint != null) {
            LOG.info("queue {} is open", queue);
        }
        if (listener != null) {
            opened.listen(listener);
        }
        attempt.complete(opened);
        if (listener != null) {
            // Waits that stayed in line after a failure have to ask again.
            listener.jobsReady();
            listener.room(Long.MAX_VALUE);
            listener.idle();
        }
    }

    private void failed(Throwable failure) {
        if (ended) {
            return;
        }
        String why = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
        if (!why.equals(complaint)) {
            LOG.warn("queue {} cannot be opened, retrying: {}", queue, why);
            complaint = why;
        }
        attempt.fail(failure);
        again = loop.schedule(pause, () -> {
            attempt = Promise.promise();
            begin();
        });
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
}
