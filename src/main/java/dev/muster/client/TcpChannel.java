package dev.muster.client;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.text.Utf8;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transport over a TCP bridge. It reconnects after growing pauses. Requests in flight on a lost connection fail, because it
 * is unknown whether they took effect. Safe on any thread; all work runs on one loop.
 */
final class TcpChannel implements Channel {

    private static final String ADDRESS = "address";
    private static final Duration PING = Duration.ofSeconds(5);
    private static final int MAX_SILENT_PINGS = 3;
    private static final long BAD_RESPONSE = 502;

    /** The maximum length of a failure message that is sent, in characters. */
    private static final int MAX_MESSAGE = 10_000;

    /** How long a new connection waits for the reply to its first ping. */
    private static final Duration GREETING = Duration.ofSeconds(1);

    private final Loop loop;
    private final NetClient net;
    private final ClientOptions options;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private Promise<TcpWire> connecting = Promise.promise();
    private @Nullable TcpWire wire;
    private @Nullable Timer timer;
    private @Nullable Timer greeting;
    private int silentPings;
    private int failures;
    private volatile boolean isClosed;

    /** The receiver of the messages of an address. */
    private record Listener(boolean stays, Consumer<Incoming> receiver, Consumer<MusterError> broken) {}

    TcpChannel(Vertx vertx, ClientOptions options) {
        this.loop = Loop.of(vertx);
        this.net =
                vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true).setTcpKeepAlive(true));
        this.options = options;
        loop.execute(this::connect);
    }

    @Override
    public Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience) {
        Promise<@Nullable Object> reply = Promise.promise();
        onWire(reply, ready -> ready.request(address, body, null, options.authorization(), reply));
        return reply.future();
    }

    @Override
    public QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience) {
        String call = UUID.randomUUID().toString();
        Promise<@Nullable Object> reply = Promise.promise();
        onWire(reply, ready -> {
            if (!reply.future().isComplete()) {
                ready.request(address, body, Map.of(CALL_HEADER, call), options.authorization(), reply);
            }
        });
        return new QueueRequest<>(
                reply.future(),
                () -> loop.execute(() -> {
                    if (wire == null || !wire.withdraw(call, reply)) {
                        reply.tryFail(MusterError.unavailable("the request was withdrawn before it was sent"));
                    }
                }));
    }

    @Override
    public Future<Void> listen(
            String address, boolean stays, Consumer<Incoming> receiver, Consumer<MusterError> broken) {
        Promise<Void> registered = Promise.promise();
        var listener = new Listener(stays, receiver, broken);
        loop.execute(() -> {
            TcpWire now = wire;
            if (stays || now != null) {
                listeners.put(address, listener);
            }
            if (now != null) {
                register(now, address);
                registered.complete();
            } else {
                connecting.future().<Void>mapEmpty().onComplete(connected -> {
                    TcpWire ready = wire;
                    if (connected.succeeded() && !stays && ready != null) {
                        listeners.put(address, listener);
                        register(ready, address);
                    }
                    registered.handle(connected);
                });
            }
        });
        return registered.future();
    }

    @Override
    public void leave(String address) {
        loop.execute(() -> {
            if (listeners.remove(address) != null && wire != null) {
                wire.send("unregister", "address", address);
            }
        });
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        loop.execute(() -> {
            isClosed = true;
            listeners.replaceAll((address, listener) -> new Listener(false, listener.receiver(), listener.broken()));
            stopTimer();
            lost("the client was closed");
            net.close().onComplete(closed);
        });
        return closed.future();
    }

    private <T> void onWire(Promise<T> result, Consumer<TcpWire> next) {
        loop.execute(() -> {
            if (wire != null && greeting == null) {
                next.accept(wire);
            } else if (isClosed) {
                result.tryFail(MusterError.unavailable("the client was closed"));
            } else {
                connecting.future().onComplete((ready, failure) -> {
                    if (failure == null) {
                        next.accept(ready);
                    } else {
                        result.tryFail(failure);
                    }
                });
            }
        });
    }

    // ---- the connection

    private void connect() {
        net.connect(options.port(), options.host())
                .onComplete((socket, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        lost("cannot connect to " + options.host() + ":" + options.port() + ": "
                                + failure.getMessage());
                    } else if (isClosed) {
                        socket.close();
                    } else {
                        connected(new TcpWire(socket, this::frame, () -> lost("the connection to the node was lost")));
                    }
                }));
    }

    private void connected(TcpWire ready) {
        wire = ready;
        silentPings = 0;
        listeners.keySet().forEach(address -> register(ready, address));
        // The pong has the limits of the node, so that even the first message can be checked against them. Without a
        // pong, the connection is used as it is.
        greeting = loop.schedule(GREETING, () -> greeted(ready));
        ping(ready);
    }

    private void greeted(TcpWire ready) {
        if (greeting != null) {
            greeting.cancel();
            greeting = null;
            // Only now: a node that accepts and closes at once was not reached.
            failures = 0;
            connecting.complete(ready);
        }
    }

    private void register(TcpWire ready, String address) {
        ready.send("register", "address", address, "authorization", options.authorization());
    }

    private void ping(TcpWire ready) {
        if (silentPings >= MAX_SILENT_PINGS) {
            ready.close();
            return;
        }
        silentPings++;
        ready.send("ping");
        timer = loop.schedule(PING, () -> ping(ready));
    }

    /** Handles a lost connection or a failed attempt to connect. */
    private void lost(String detail) {
        TcpWire before = wire;
        wire = null;
        stopTimer();
        MusterError error = MusterError.unavailable(detail);
        List<Promise<@Nullable Object>> unanswered = before == null ? List.of() : before.takeAll();
        Promise<TcpWire> attempt = connecting;
        connecting = Promise.promise();
        List<Listener> gone = listeners.values().stream()
                .filter(listener -> !listener.stays())
                .toList();
        listeners.values().removeIf(listener -> !listener.stays());
        attempt.tryFail(error);
        unanswered.forEach(reply -> reply.fail(error));
        gone.forEach(listener -> listener.broken().accept(error));
        if (isClosed) {
            connecting.fail(error);
        } else {
            timer = loop.schedule(options.pause(failures++), this::connect);
        }
        if (before != null) {
            before.close();
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (greeting != null) {
            greeting.cancel();
            greeting = null;
        }
    }

    // ---- frames

    private void frame(TcpWire from, Map<String, @Nullable Object> frame) {
        if (from != wire) {
            return;
        }
        silentPings = 0;
        if ("pong".equals(frame.get("type"))) {
            from.learn(frame);
            greeted(from);
            return;
        }
        String address = String.valueOf(frame.get("address"));
        Promise<@Nullable Object> reply = from.take(address);
        if ("err".equals(frame.get("type"))) {
            if (reply != null) {
                reply.fail(MusterError.parse(String.valueOf(frame.get("message"))));
            } else {
                refused(frame);
            }
        } else if (reply != null) {
            reply.complete(frame.get("body"));
        } else {
            Listener listener = listeners.get(address);
            if (listener != null) {
                listener.receiver().accept(new TcpMessage(from, frame));
            }
        }
    }

    /** Handles the rejection of an address, which no request waits for. */
    private void refused(Map<String, @Nullable Object> frame) {
        Listener listener = listeners.remove(String.valueOf(frame.get("sourceAddress")));
        if (listener != null) {
            listener.broken().accept(MusterError.parse(String.valueOf(frame.get("message"))));
        }
    }

    /** A message that arrived over the bridge. */
    private final class TcpMessage implements Incoming {

        private final TcpWire from;
        private final Map<String, @Nullable Object> frame;

        TcpMessage(TcpWire from, Map<String, @Nullable Object> frame) {
            this.from = from;
            this.frame = frame;
        }

        @Override
        public @Nullable Object body() {
            return frame.get("body");
        }

        @Override
        public Map<String, String> headers() {
            var headers = new LinkedHashMap<String, String>();
            if (frame.get("headers") instanceof Map<?, ?> map) {
                map.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
            }
            return headers;
        }

        @Override
        public void reply(@Nullable Object value) {
            send("body", value);
        }

        @Override
        public void fail(int code, String message) {
            send("failureCode", (long) code, "message", Utf8.beginning(message, MAX_MESSAGE));
        }

        /** Sends a reply, if the connection is still the one of its request. A reply that cannot be sent fails the call. */
        private void send(@Nullable Object... words) {
            Object address = frame.get("replyAddress");
            if (address == null) {
                return;
            }
            loop.execute(() -> {
                if (wire != from) {
                    return;
                }
                @Nullable Object[] all = Arrays.copyOf(words, words.length + 2);
                all[words.length] = ADDRESS;
                all[words.length + 1] = address;
                try {
                    from.send("send", all);
                } catch (MusterError e) {
                    String why = "the reply cannot be sent: " + e.detail();
                    from.send("send", ADDRESS, address, "failureCode", BAD_RESPONSE, "message", why);
                }
            });
        }
    }
}
