package dev.muster.bus;

import dev.muster.dispatch.TakenRun;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client of a bridge does over one connection: the runs it asked for, the events it takes, the addresses it answers at.
 * All of it ends with the connection. On the loop of its server.
 */
final class BridgeSession {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeSession.class);
    private static final CancelReason LEFT = CancelReason.of("the caller left");
    private static final int MOST_ADDRESSES = 1_000;

    private final Bridge bridge;
    private final BridgeDesk desk;
    private final BridgeSocket socket;
    private final BridgeOut out;
    private final BridgeWorker worker;
    private final ReplyAddresses replies = new ReplyAddresses();
    private final Set<TakenRun> runs = new HashSet<>();
    private final Set<String> events = new HashSet<>();
    private final ArrayDeque<BridgeFrame> later = new ArrayDeque<>();
    private @Nullable Timer timer;
    private boolean isIdentifying;
    private boolean isClosed;
    private boolean hasSpoken;

    BridgeSession(Bridge bridge, BridgeDesk desk, BridgeSocket socket) {
        this.bridge = bridge;
        this.desk = desk;
        this.socket = socket;
        this.out = new BridgeOut(socket, desk.loop(), this::flow, () -> close("it does not read what it is sent"));
        this.worker = new BridgeWorker(this, desk);
    }

    /** Begins, if the node takes connections. */
    void open() {
        if (bridge.opened(this)) {
            look();
        } else {
            close("the node stops");
        }
    }

    /** Takes a frame. */
    void frame(byte[] json) {
        if (isClosed) {
            return;
        }
        if (json.length > desk.limits().bodyBytes()) {
            refusedLength(json.length);
            return;
        }
        try {
            BridgeFrame frame = BridgeFrame.parse(json);
            hasSpoken = true;
            if (isIdentifying) {
                later.add(frame);
            } else {
                handle(frame);
            }
        } catch (MusterException e) {
            error(null, BusError.of(e));
        }
    }

    /** Says that no frame may have this length, and ends: there is no telling where the next one begins. */
    void refusedLength(int length) {
        error(
                null,
                BusError.of(new MusterException(
                        ErrorType.LIMIT,
                        "a frame has from 1 to " + desk.limits().bodyBytes() + " bytes (server.limits.body), not "
                                + Integer.toUnsignedString(length))));
        close("a frame was of a length that none may have");
    }

    /** The connection is gone, and with it what it brought about. */
    void closed() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (timer != null) {
            timer.cancel();
        }
        later.clear();
        List.copyOf(runs).forEach(run -> run.cancel(LEFT));
        worker.close();
        events.forEach(bridge::leave);
        replies.lost();
        bridge.closed(this);
    }

    /** Closes it if nothing goes on over it. From any thread. */
    void drain(boolean isQuiet) {
        desk.loop().execute(() -> {
            if (runs.isEmpty() && replies.isEmpty() && out.isIdle() && (isQuiet || !worker.isWorking())) {
                close("the node stops");
            }
        });
    }

    // ---- what others need of it

    boolean isClosed() {
        return isClosed;
    }

    @Nullable
    String authorization(BridgeFrame frame) {
        String own = frame.authorization();
        return own == null ? socket.authorization() : own;
    }

    void brought(TakenRun run) {
        runs.add(run);
        run.end().onComplete(ended -> runs.remove(run));
    }

    EventTarget target(String address) {
        if (!events.contains(address)) {
            throw new MusterException(
                    ErrorType.DENIED, "register " + BridgeText.shown(address) + " before you have events sent there");
        }
        return new BridgeTarget(this, address);
    }

    Future<Void> room() {
        return out.room();
    }

    /** The address for a reply that is expected for so long. */
    String expect(Unanswered by, Duration patience) {
        return replies.expect(by, desk.loop().nanos() + patience.toNanos());
    }

    void forget(String reply) {
        replies.forget(reply);
    }

    void message(String address, @Nullable Object body, Map<String, String> headers, @Nullable String reply) {
        if (isClosed) {
            return;
        }
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", socket.messageType());
        frame.put("address", address);
        frame.put("body", body);
        if (!headers.isEmpty()) {
            frame.put("headers", headers);
        }
        if (reply != null) {
            frame.put("replyAddress", reply);
        }
        out.send(frame);
    }

    void error(@Nullable BridgeFrame about, BusError error) {
        if (isClosed) {
            return;
        }
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", "err");
        if (about != null && about.replyAddress() != null) {
            frame.put("address", about.replyAddress());
        }
        if (about != null && !about.address().isEmpty()) {
            frame.put("sourceAddress", about.address());
        }
        frame.put("failureCode", (long) error.code());
        frame.put("failureType", "RECIPIENT_FAILURE");
        frame.put("message", error.message());
        out.send(frame);
    }

    // ---- frames

    private void handle(BridgeFrame frame) {
        try {
            switch (frame.type()) {
                case "ping" -> out.send(Map.of("type", "pong"));
                case "send" -> send(frame);
                case "register" -> register(frame);
                case "unregister" -> unregister(frame.address());
                case "publish" -> throw denied(frame);
                default ->
                    throw new MusterException(
                            ErrorType.BAD_INPUT,
                            "a frame is of type send, register, unregister or ping, not "
                                    + BridgeText.shown(frame.type()));
            }
        } catch (RuntimeException e) {
            error(frame, BusError.of(e));
        }
    }

    private void send(BridgeFrame frame) {
        switch (frame.address()) {
            case BusRuns.RUN -> desk.runs().run(new FrameAsker(this, frame));
            case BusRuns.CANCEL -> desk.runs().cancel(new FrameAsker(this, frame));
            default -> reply(frame);
        }
    }

    private void reply(BridgeFrame frame) {
        if (!ReplyAddresses.isOne(frame.address())) {
            throw denied(frame);
        }
        Unanswered by = replies.take(frame.address());
        if (by == null) {
            return;
        }
        if (frame.failureCode() == null) {
            by.replied(frame.body(), frame.headers());
        } else {
            by.failed(frame.failureCode(), frame.message());
        }
    }

    private void register(BridgeFrame frame) {
        Future<?> known = bridge.identify(authorization(frame));
        if (known.succeeded()) {
            registered(frame);
            return;
        }
        // What comes behind it may build upon it.
        isIdentifying = true;
        flow();
        known.onComplete((caller, failure) -> desk.loop().execute(() -> {
            isIdentifying = false;
            identified(frame, failure);
        }));
    }

    private void identified(BridgeFrame frame, @Nullable Throwable failure) {
        if (isClosed) {
            return;
        }
        try {
            if (failure == null) {
                registered(frame);
            } else {
                error(frame, BusError.of(failure));
            }
        } catch (RuntimeException e) {
            error(frame, BusError.of(e));
        }
        while (!isIdentifying && !later.isEmpty()) {
            handle(later.remove());
        }
        flow();
    }

    private void registered(BridgeFrame frame) {
        String address = frame.address();
        if (worker.addresses() + events.size() >= MOST_ADDRESSES) {
            throw new MusterException(
                    ErrorType.LIMIT, "a connection has at most " + MOST_ADDRESSES + " addresses; open another one");
        }
        if (Bridge.isOfEvents(address)) {
            if (!events.contains(address)) {
                bridge.take(address, this);
                events.add(address);
            }
        } else if (bridge.settings().permits(address)) {
            worker.register(address);
        } else {
            throw denied(frame);
        }
    }

    private void unregister(String address) {
        if (events.remove(address)) {
            bridge.leave(address);
        } else if (!worker.unregister(address)) {
            throw new MusterException(
                    ErrorType.NOT_FOUND, "the address " + BridgeText.shown(address) + " was not registered here");
        }
    }

    private static MusterException denied(BridgeFrame frame) {
        return new MusterException(
                ErrorType.DENIED,
                frame.type() + " may not use the address \"" + BridgeText.shown(frame.address())
                        + "\"; workers register addresses of server.bridge.addresses");
    }

    // ---- the connection

    private void flow() {
        if (!isClosed) {
            socket.read(out.hasRoom() && !isIdentifying);
        }
    }

    private void look() {
        Duration time = desk.limits().frameTime();
        timer = desk.loop().schedule(time, () -> {
            replies.look(desk.loop().nanos());
            if (!hasSpoken) {
                close("it said nothing");
            } else if (socket.isStuck()) {
                close("a frame did not come to its end");
            } else if (out.isStuck()) {
                close("it does not read what it is sent");
            } else {
                look();
            }
        });
    }

    private void close(String why) {
        if (!isClosed) {
            LOG.debug("a connection to the event bus is closed: {}", why);
            closed();
            socket.close();
        }
    }
}
