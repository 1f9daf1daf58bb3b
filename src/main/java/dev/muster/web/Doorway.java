package dev.muster.web;

import dev.muster.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.time.Duration;
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

    /** Since when each has been awaited; 0 until somebody has looked. */
    private final Map<Channel, Long> strangers = new ConcurrentHashMap<>();

    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicBoolean isWatched = new AtomicBoolean();
    private int servers;

    /** The one of this Vert.x, if its transport was made by {@link GuardedTransport}. */
    static Optional<Doorway> of(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof GuardedTransport.Guarded guarded
                ? Optional.of(guarded.doorway())
                : Optional.empty();
    }

    /** Lets in as many more at this port as one server takes, and looks after those who do not ask, on the first's loop. */
    void opens(Loop loop, HttpLimits limits, int port) {
        synchronized (this) {
            servers++;
        }
        ports.add(port);
        most.addAndGet(limits.connections());
        if (isWatched.compareAndSet(false, true)) {
            watch(loop, limits);
        }
    }

    /**
     * One of the servers is about to go. Behind the last one nobody is let in: Vert.x still accepts for a moment then, but has
     * no loop any more to give a connection to.
     */
    synchronized void closes() {
        servers--;
    }

    /** The first request of this connection has come. */
    void entered(HttpConnection connection) {
        if (connection instanceof HttpServerConnection known) {
            strangers.remove(known.channelHandlerContext().channel());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext server, Object accepted) {
        if (accepted instanceof Channel caller
                && server.channel().localAddress() instanceof InetSocketAddress at
                && ports.contains(at.getPort())) {
            if (open.incrementAndGet() > most.get()) {
                open.decrementAndGet();
                caller.unsafe().closeForcibly();
                return;
            }
            strangers.put(caller, 0L);
            caller.closeFuture().addListener(closed -> {
                open.decrementAndGet();
                strangers.remove(caller);
            });
        }
        pass(server, accepted);
    }

    /** Nobody is on the way in while the last server goes. */
    private synchronized void pass(ChannelHandlerContext server, Object accepted) {
        if (servers <= 0
                && accepted instanceof Channel caller
                && server.channel().localAddress() instanceof InetSocketAddress at
                && ports.contains(at.getPort())) {
            caller.unsafe().closeForcibly();
        } else {
            server.fireChannelRead(accepted);
        }
    }

    private void watch(Loop loop, HttpLimits limits) {
        loop.schedule(LOOK, () -> {
            look(loop.nanos(), limits.requestTime().toNanos());
            watch(loop, limits);
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the caller is sent away; whatever becomes of closing
    private void look(long nowNanos, long patienceNanos) {
        strangers.forEach((caller, sinceNanos) -> {
            if (sinceNanos == 0) {
                strangers.replace(caller, sinceNanos, nowNanos == 0 ? 1 : nowNanos);
            } else if (nowNanos - sinceNanos > patienceNanos) {
                caller.close();
            }
        });
    }
}
