package dev.muster.bus;

import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that records its replies. */
final class FakeRequest implements BusRequest {

    final List<Object> replies = new ArrayList<>();
    boolean isGone;

    @Nullable
    PendingRequest<?> waits;

    private final Map<String, String> headers;
    private final @Nullable Object body;
    private final MemoryBudget.Share memory = MemoryBudget.unbounded().share();

    FakeRequest(Map<String, String> headers) {
        this(headers, null);
    }

    FakeRequest(Map<String, String> headers, @Nullable Object body) {
        this.headers = headers;
        this.body = body;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable Object body() {
        return body;
    }

    @Override
    public MemoryBudget.Share memory() {
        return memory;
    }

    @Override
    public boolean isGone() {
        return isGone;
    }

    @Override
    public EventFeed.Target target(String address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void bindRun(ManagedRun run) {}

    @Override
    public void bindWait(PendingRequest<?> pending) {
        waits = pending;
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        replies.add(value);
    }

    @Override
    public void fail(BusError error) {
        replies.add(error);
    }
}
