package dev.muster.web;

import dev.muster.loop.Loop;
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
 * Where connections come in. Vert.x knows none before its first request has arrived whole, so that those who say nothing, or
 * only ever a little, are counted and sent away here.
 *
 * <p>Safe on every thread.
 */
@ChannelHandler.Sharable
final class Doorway extends ChannelInboundHandlerAdapter {

    private static final Duration LOOK = Duration.ofMillis(500);

    /** Since when each has been awaited; 0 until somebody has looked, negative since it is late and its loop knows. */
    private final Map<Channel, Long> strangers = new ConcurrentHashMap<>();

    private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicBoolean isWatched = new AtomicBoolean();
    private final Promise<Void> empty = Promise.promise();
    private volatile boolean shut;

    /** The one of this Vert.x, if its transport was made by {@link GuardedTransport}. */
    static Optional<Doorway> of(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof GuardedTransport.Guarded guarded
                ? Optional.of(guarded.doorway())
                : Optional.empty();
    }

    /** Lets in as many more at this port as one server takes, and looks after those who do not ask, on the first's loop. */
    void opens(Loop loop, HttpLimits limits, int port) {
        ports.add(port);
        most.addAndGet(limits.connections());
        if (isWatched.compareAndSet(false, true)) {
            watch(loop, limits);
        }
    }

    /** The first request of this connection has come. */
    void entered(HttpConnection connection) {
        if (connection instanceof HttpServerConnection known) {
            leaves(known.channelHandlerContext().channel());
        }
    }

    /**
     * Lets nobody in any more. Those who were let in and have not asked yet are waited for: whoever closed their connections
     * now might cut off a request on its way.
     *
     * @return completes when all of them have asked or gone, or when they had as long as this
     */
    @SuppressWarnings("FutureReturnValueIgnored") // a listener that is closed already is what is wanted
    Future<Void> shut(Loop loop, Duration patience) {
        loop.execute(() -> loop.schedule(patience, empty::tryComplete));
        List<Channel> open = listeners.stream().filter(this::isOurs).toList();
        var left = new AtomicInteger(open.size());
        open.forEach(listener -> listener.close().addListener(closed -> {
            if (left.decrementAndGet() == 0) {
                shut = true;
                tellIfEmpty();
            }
        }));
        return empty.future();
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
            strangers.put(caller, 0L);
            caller.closeFuture().addListener(closed -> {
                open.decrementAndGet();
                leaves(caller);
            });
        }
        server.fireChannelRead(accepted);
    }

    private boolean isOurs(Channel listener) {
        return listener.localAddress() instanceof InetSocketAddress at && ports.contains(at.getPort());
    }

    private void leaves(Channel caller) {
        strangers.remove(caller);
        tellIfEmpty();
    }

    private void tellIfEmpty() {
        if (shut && strangers.isEmpty()) {
            empty.tryComplete();
        }
    }

    private void watch(Loop loop, HttpLimits limits) {
        loop.schedule(LOOK, () -> {
            look(loop, limits.requestTime().toNanos());
            watch(loop, limits);
        });
    }

    private void look(Loop loop, long patienceNanos) {
        long now = Math.max(1, loop.nanos());
        strangers.forEach((caller, sinceNanos) -> {
            if (sinceNanos == 0) {
                strangers.replace(caller, sinceNanos, now);
            } else if (sinceNanos > 0 && now - sinceNanos > patienceNanos) {
                // Its loop may have been held up and not have read what came: only once it has had a turn is the caller
                // late.
                caller.newSucceededFuture()
                        .addListener(turn -> strangers.replace(caller, sinceNanos, -Math.max(1, loop.nanos())));
            } else if (sinceNanos < 0 && now + sinceNanos > LOOK.toNanos()) {
                sendAway(caller);
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whatever becomes of closing
    private static void sendAway(Channel caller) {
        caller.close();
    }
}
