package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/** A store in memory on a virtual loop. */
public final class MemoryFixture implements StoreFixture {
    final VirtualLoop loop;
    final MemoryStore store;
    private long leases;

    MemoryFixture(QueueSettings settings, JobStore.Listener listener, VirtualLoop loop, LongUnaryOperator jitter) {
        this.loop = loop;
        this.store = new MemoryStore(loop, settings, jitter, () -> Long.toString(++leases));
        store.listen(listener);
    }

    /** With jitter from a seed. */
    static MemoryFixture open(QueueSettings settings, JobStore.Listener listener) {
        var random = new Random(1);
        return new MemoryFixture(
                settings, listener, VirtualLoop.inOrder(), longest -> (long) (random.nextDouble() * longest));
    }

    /** With the longest pauses, always. */
    public static MemoryFixture withLongestPauses(QueueSettings settings, JobStore.Listener listener) {
        return new MemoryFixture(settings, listener, VirtualLoop.inOrder(), longest -> longest);
    }

    /** How many dead jobs it has dropped for want of room, as only a store in memory does. */
    public long dropped() {
        return store.dropped();
    }

    @Override
    public <T> T call(Function<JobStore, Future<T>> operation) {
        Future<T> future = operation.apply(store);
        assertThat(future.isComplete()).as("complete at once").isTrue();
        if (future.failed()) {
            throw (RuntimeException) future.cause();
        }
        return future.result();
    }

    @Override
    public void advance(Duration by) {
        loop.advance(by);
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        loop.runReady();
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    @Override
    public boolean keepsFinished() {
        return false;
    }

    @Override
    public void end() {
        store.end();
        loop.runReady();
        assertThat(loop.readySteps()).as("ready steps").isZero();
        assertThat(loop.waitingTimers()).as("timers").isZero();
    }
}
