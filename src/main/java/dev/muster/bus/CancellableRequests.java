package dev.muster.bus;

import dev.muster.connect.call.CallConnector;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import dev.muster.text.Printable;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The queue requests that can be cancelled, by the names that their senders chose; of one connection, or of the peers of a node. A
 * request is registered until it is answered. Safe on any thread.
 */
final class CancellableRequests {

    /** The maximum number of registered requests. */
    static final int MAX_OPEN = 10_000;

    private static final int MAX_NAME = 128;

    private final Map<String, NamedRequest> open = new ConcurrentHashMap<>();

    /**
     * Registers a request if it has a name, and returns the request to use in its place.
     *
     * @throws MusterException of type {@code badInput}, {@code conflict} or {@code limit}
     */
    BusRequest named(BusRequest request) {
        String name = request.header(CallConnector.CALL_HEADER);
        if (name == null) {
            return request;
        }
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the header " + CallConnector.CALL_HEADER + " has 1 to " + MAX_NAME + " characters, not "
                            + name.length());
        }
        if (open.size() >= MAX_OPEN) {
            throw new MusterException(
                    ErrorType.LIMIT,
                    "at most " + MAX_OPEN + " requests with the header " + CallConnector.CALL_HEADER
                            + " can wait at once; open another connection");
        }
        var named = new NamedRequest(name, request);
        if (open.putIfAbsent(name, named) != null) {
            throw new MusterException(
                    ErrorType.CONFLICT,
                    CallConnector.CALL_HEADER + " " + Printable.beginning(name, BridgeFrame.MAX_QUOTED)
                            + " is the name of another waiting request; use a random name for each");
        }
        return named;
    }

    /** Ends the wait of a request now, as if its time were up. Returns false if no request has this name. */
    boolean withdraw(String name) {
        NamedRequest named = open.get(name);
        if (named == null) {
            return false;
        }
        named.withdraw();
        return true;
    }

    int size() {
        return open.size();
    }

    /**
     * A queue request that can be cancelled by name until it is answered, also before it waits. {@link #withdraw} is safe on any
     * thread.
     */
    private final class NamedRequest implements BusRequest {

        private final String name;
        private final BusRequest request;
        private @Nullable PendingRequest<?> pending;
        private boolean isWithdrawn;

        NamedRequest(String name, BusRequest request) {
            this.name = name;
            this.request = request;
        }

        /** Ends the wait now, as if its time were up. Idempotent. */
        void withdraw() {
            PendingRequest<?> waited;
            synchronized (this) {
                isWithdrawn = true;
                waited = pending;
            }
            if (waited != null) {
                waited.withdraw();
            }
        }

        @Override
        public void bindWait(PendingRequest<?> pending) {
            request.bindWait(pending);
            boolean isOver;
            synchronized (this) {
                this.pending = pending;
                isOver = isWithdrawn;
            }
            if (isOver) {
                pending.withdraw();
            }
        }

        @Override
        public void reply(@Nullable Object value, Map<String, String> headers) {
            open.remove(name);
            request.reply(value, headers);
        }

        @Override
        public void fail(BusError error) {
            open.remove(name);
            request.fail(error);
        }

        @Override
        public @Nullable String header(String name) {
            return request.header(name);
        }

        @Override
        public @Nullable Object body() {
            return request.body();
        }

        @Override
        public MemoryBudget.Share memory() {
            return request.memory();
        }

        @Override
        public boolean isGone() {
            return request.isGone();
        }

        @Override
        public void whenGone(Future<?> until, Runnable listener) {
            request.whenGone(until, listener);
        }

        @Override
        public EventFeed.Target target(String address) {
            return request.target(address);
        }

        @Override
        public void bindRun(ManagedRun run) {
            request.bindRun(run);
        }
    }
}
