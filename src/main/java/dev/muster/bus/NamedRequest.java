package dev.muster.bus;

import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue request that can be cancelled by name until it is answered, also before it waits. {@link #withdraw} is safe on any
 * thread.
 */
final class NamedRequest implements BusRequest {

    private final BusRequest asker;
    private final Runnable answered;
    private @Nullable PendingRequest<?> answer;
    private boolean isWithdrawn;

    /**
     * Wraps a request.
     *
     * @param answered runs before the reply
     */
    NamedRequest(BusRequest asker, Runnable answered) {
        this.asker = asker;
        this.answered = answered;
    }

    /** Ends the wait now, as if its time were up. Idempotent. */
    void withdraw() {
        PendingRequest<?> waited;
        synchronized (this) {
            isWithdrawn = true;
            waited = answer;
        }
        if (waited != null) {
            waited.withdraw();
        }
    }

    @Override
    public void waits(PendingRequest<?> answer) {
        asker.waits(answer);
        boolean isOver;
        synchronized (this) {
            this.answer = answer;
            isOver = isWithdrawn;
        }
        if (isOver) {
            answer.withdraw();
        }
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        answered.run();
        asker.reply(value, headers);
    }

    @Override
    public void fail(BusError error) {
        answered.run();
        asker.fail(error);
    }

    @Override
    public @Nullable String header(String name) {
        return asker.header(name);
    }

    @Override
    public @Nullable Object body() {
        return asker.body();
    }

    @Override
    public MemoryBudget.Share memory() {
        return asker.memory();
    }

    @Override
    public boolean isGone() {
        return asker.isGone();
    }

    @Override
    public void whenGone(Future<?> until, Runnable told) {
        asker.whenGone(until, told);
    }

    @Override
    public EventTarget target(String address) {
        return asker.target(address);
    }

    @Override
    public void brought(ManagedRun run) {
        asker.brought(run);
    }
}
