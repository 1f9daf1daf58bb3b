package dev.muster.work;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Job;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store that can be made to fail, and remembers outputs. */
final class FailingStore implements JobStore {

    final List<String> outputs = new ArrayList<>();
    boolean refuseExtends;
    boolean refuseTakes;

    /** How often jobs were asked for in vain. */
    int refusedTakes;

    /** What is failed, and how. */
    Predicate<Settle> fails = one -> false;

    Throwable failure = new MusterException(ErrorType.UNAVAILABLE, "no connection to db");

    /** Whether what is failed takes effect all the same: its answer is lost. */
    boolean losesAnswers;

    /** How often something was said that was failed. */
    int failed;

    /** The most jobs that have waited at once. */
    long mostWaiting;

    private final JobStore of;

    FailingStore(JobStore of) {
        this.of = of;
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        if (refuseExtends && batch.stream().anyMatch(Settle.Extend.class::isInstance)) {
            return Future.failedFuture("the store cannot be reached");
        }
        if (batch.stream().anyMatch(fails)) {
            failed++;
            return losesAnswers
                    ? of.settle(batch).compose(lost -> Future.failedFuture(failure))
                    : Future.failedFuture(failure);
        }
        batch.forEach(settle -> {
            if (settle instanceof Settle.Ack ack) {
                outputs.add(ack.output());
            }
        });
        return of.settle(batch);
    }

    @Override
    public void listen(Listener listener) {
        of.listen(listener);
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> jobs) {
        return of.put(jobs)
                .onSuccess(put -> of.status().onSuccess(status -> {
                    mostWaiting = Math.max(
                            mostWaiting,
                            status.counts().scheduled() + status.counts().ready());
                }));
    }

    @Override
    public Future<List<Job>> take(int max) {
        if (refuseTakes) {
            refusedTakes++;
            return Future.failedFuture(failure);
        }
        return of.take(max);
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return of.cancel(ids);
    }

    @Override
    public Future<Integer> redrive(int max) {
        return of.redrive(max);
    }

    @Override
    public Future<RedriveVerdict> redrive(String id) {
        return of.redrive(id);
    }

    @Override
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        return of.list(state, after, limit);
    }

    @Override
    public Future<Optional<Job.View>> find(String id) {
        return of.find(id);
    }

    @Override
    public Future<QueueStatus> status() {
        return of.status();
    }

    @Override
    public Future<Void> pause() {
        return of.pause();
    }

    @Override
    public Future<Void> resume() {
        return of.resume();
    }

    @Override
    public Future<Void> close() {
        return of.close();
    }

    @Override
    public Future<Void> reopen() {
        return of.reopen();
    }

    @Override
    public Future<Void> end() {
        return of.end();
    }
}
