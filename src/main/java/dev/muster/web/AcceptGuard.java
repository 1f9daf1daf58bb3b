package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.web.ServerSettings.HttpLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limiter of accepted connections. Safe on any thread.
 *
 * <p>Vert.x sees a connection only once its first request is complete. This handler therefore counts connections from accept on,
 * and closes those that send nothing or whose first request trickles in too slowly.
 */
@ChannelHandler.Sharable
final class AcceptGuard extends ChannelInboundHandlerAdapter {

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    /**
     * The connections without a request, each with the time since which it has been waiting, in nanoseconds: 0 until the first
     * check, negative once the connection is overdue and its loop has had a turn.
     */
    private final Map<Channel, Long> silent = new ConcurrentHashMap<>();

    private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicBoolean isWatched = new AtomicBoolean();
    private final Promise<Void> empty = Promise.promise();
    private volatile boolean shut;

    /** The limiter of this Vert.x instance, if its transport is a {@link AcceptGuardTransport}. */
    static Optional<AcceptGuard> of(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof AcceptGuardTransport.Guarded guarded
                ? Optional.of(guarded.guard())
                : Optional.empty();
    }

    /**
     * Raises the limit by the connections of one server at this port. The first call starts the watch for silent connections on its
     * loop.
     */
    void opens(Loop loop, HttpLimits limits, int port) {
        ports.add(port);
        most.addAndGet(limits.connections());
        if (isWatched.compareAndSet(false, true)) {
            watch(loop, limits);
        }
    }

    /** Marks a connection whose first request has arrived. */
    void entered(HttpConnection connection) {
        if (connection instanceof HttpServerConnection known) {
            noLongerSilent(known.channelHandlerContext().channel());
        }
    }

    /**
     * Stops accepting. Accepted connections without a request are waited for, because closing them could cut off a request on its
     * way.
     *
     * @return completes when all of them have sent a request or closed, or after {@code patience}
     */
    @SuppressWarnings("FutureReturnValueIgnored") // closing a closed listener is fine
    Future<Void> shut(Loop loop, Duration patience) {
        loop.execute(() -> loop.schedule(patience, empty::tryComplete));
        List<Channel> open = listeners.stream().filter(this::isOurs).toList();
        // One more than the listeners: none can be open any more.
        var left = new AtomicInteger(open.size() + 1);
        open.forEach(listener -> listener.close().addListener(closed -> shutIfLast(left)));
        shutIfLast(left);
        return empty.future();
    }

    private void shutIfLast(AtomicInteger left) {
        if (left.decrementAndGet() == 0) {
            shut = true;
            completeIfEmpty();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext server) {
        Channel listener = server.channel();
        listeners.add(listener);
        listener.closeFuture().addListener(closed -> listeners.remove(listener));
    }

    @Override
    public void channelRead(ChannelHandlerContext server, Object accepted) {
        if (accepted instanceof Channel caller && isOurs(server.channel())) {
            if (open.incrementAndGet() > most.get()) {
                open.decrementAndGet();
                caller.unsafe().closeForcibly();
                return;
            }
            silent.put(caller, 0L);
            caller.closeFuture().addListener(closed -> {
                open.decrementAndGet();
                noLongerSilent(caller);
            });
        }
        server.fireChannelRead(accepted);
    }

    private boolean isOurs(Channel listener) {
        return listener.localAddress() instanceof InetSocketAddress at && ports.contains(at.getPort());
    }

    private void noLongerSilent(Channel caller) {
        silent.remove(caller);
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        if (shut && silent.isEmpty()) {
            empty.tryComplete();
        }
    }

    private void watch(Loop loop, HttpLimits limits) {
        loop.schedule(CHECK_INTERVAL, () -> {
            checkSilent(loop, limits.requestTime().toNanos());
            watch(loop, limits);
        });
    }

    private void checkSilent(Loop loop, long patienceNanos) {
        long now = Math.max(1, loop.nanos());
        silent.forEach((caller, sinceNanos) -> {
            if (sinceNanos == 0) {
                silent.replace(caller, sinceNanos, now);
            } else if (sinceNanos > 0 && now - sinceNanos > patienceNanos) {
                // The loop of the connection can be busy and not have read what arrived. The connection is overdue only
                // after its loop has had a turn.
                caller.newSucceededFuture()
                        .addListener(turn -> silent.replace(caller, sinceNanos, -Math.max(1, loop.nanos())));
            } else if (sinceNanos < 0 && now + sinceNanos > CHECK_INTERVAL.toNanos()) {
                close(caller);
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the result of closing does not matter
    private static void close(Channel caller) {
        caller.close();
    }
}
