package dev.muster.queue;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that takes its time, before it does what it is told and before it answers, and can be out of reach. */
final class SlowStore implements JobStore {
    final List<Integer> putSizes = new ArrayList<>();
    final List<Integer> takeSizes = new ArrayList<>();
    final List<Integer> settleSizes = new ArrayList<>();
    int atOnce;
    int mostAtOnce;

    @Nullable
    RuntimeException outOfReach;

    boolean hasEnded;

    private final Loop loop;
    private final JobStore store;
    private final Supplier<Duration> time;

    SlowStore(Loop loop, JobStore store, Supplier<Duration> time) {
        this.loop = loop;
        this.store = store;
        this.time = time;
    }

    @Override
    public void listen(Listener listener) {
        store.listen(listener);
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> jobs) {
        putSizes.add(jobs.size());
        return later(() -> store.put(jobs));
    }

    @Override
    public Future<List<Job>> take(int max) {
        takeSizes.add(max);
        return later(() -> store.take(max));
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        settleSizes.add(batch.size());
        return later(() -> store.settle(batch));
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return later(() -> store.cancel(ids));
    }

    @Override
    public Future<Integer> redrive(int max) {
        return later(() -> store.redrive(max));
    }

    @Override
    public Future<RedriveVerdict> redrive(String id) {
        return later(() -> store.redrive(id));
    }

    @Override
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        return later(() -> store.list(state, after, limit));
    }

    @Override
    public Future<Optional<Job.View>> find(String id) {
        return later(() -> store.find(id));
    }

    @Override
    public Future<QueueStatus> status() {
        return later(store::status);
    }

    @Override
    public Future<Void> pause() {
        return later(store::pause);
    }

    @Override
    public Future<Void> resume() {
        return later(store::resume);
    }

    @Override
    public Future<Void> close() {
        return later(store::close);
    }

    @Override
    public Future<Void> reopen() {
        return later(store::reopen);
    }

    @Override
    public Future<Void> end() {
        hasEnded = true;
        return later(store::end);
    }

    private <T> Future<T> later(Supplier<Future<T>> operation) {
        if (outOfReach != null) {
            return Future.failedFuture(outOfReach);
        }
        Promise<T> answer = Promise.promise();
        atOnce++;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        loop.schedule(time.get(), () -> {
            Future<T> done = operation.get();
            loop.schedule(time.get(), () -> {
                atOnce--;
                done.onComplete(answer);
            });
        });
        return answer.future();
    }
}
