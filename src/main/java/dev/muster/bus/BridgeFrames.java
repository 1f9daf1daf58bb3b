package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Handles the frames of one client in order of arrival. Runs on the loop of the connection. */
final class BridgeFrames {

    private static final int MAX_ADDRESSES = 1_000;

    private final BridgeSession session;
    private final Bridge bridge;
    private final Bridge.Context context;
    private final ReplyAddresses replies;
    private final BridgeWorker worker;
    private final Set<String> events = new HashSet<>();
    private final CancellableRequests cancellable = new CancellableRequests();
    private final ArrayDeque<BridgeFrame> later = new ArrayDeque<>();
    private boolean isIdentifying;

    BridgeFrames(BridgeSession session, Bridge.Context context, ReplyAddresses replies, BridgeWorker worker) {
        this.session = session;
        this.bridge = context.bridge();
        this.context = context;
        this.replies = replies;
        this.worker = worker;
    }

    /** Handles a frame, now or after the frames before it. */
    void take(BridgeFrame frame) {
        if (isIdentifying) {
            later.add(frame);
        } else {
            handle(frame);
        }
    }

    /** Whether reading from the client must pause. */
    boolean isBusy() {
        return isIdentifying;
    }

    /** Whether the client has registered this event address. */
    boolean takesEvents(String address) {
        return events.contains(address);
    }

    /** Drops waiting frames and releases the event addresses. */
    void close() {
        later.clear();
        events.forEach(bridge::release);
    }

    private void handle(BridgeFrame frame) {
        boolean isPending = false;
        try {
            switch (frame.type()) {
                case "ping" -> session.pong();
                case "send" -> isPending = send(frame);
                case "register" -> register(frame);
                case "unregister" -> unregister(frame.address());
                case "publish" -> throw denied(frame);
                default ->
                    throw new MusterException(
                            ErrorType.BAD_INPUT,
                            "a frame is of type send, register, unregister or ping, not "
                                    + Printable.beginning(frame.type(), BridgeFrame.MAX_QUOTED));
            }
        } catch (RuntimeException e) {
            isPending = false;
            session.error(frame, BusError.of(e));
        }
        if (!isPending) {
            session.release(frame.memory());
        }
    }

    /** Handles a {@code send} frame. Returns whether the handler will answer; it then releases the frame's memory. */
    private boolean send(BridgeFrame frame) {
        switch (frame.address()) {
            case BusRuns.RUN -> context.runs().run(new FrameRequest(session, frame));
            case BusRuns.CANCEL -> context.runs().cancel(new FrameRequest(session, frame));
            case BusQueues.CANCEL -> BusQueues.cancel(new FrameRequest(session, frame), cancellable);
            default -> {
                return other(frame);
            }
        }
        return true;
    }

    private boolean other(BridgeFrame frame) {
        if (BusQueues.isAddress(frame.address())) {
            context.queues().act(frame.address(), new FrameRequest(session, frame), cancellable);
            return true;
        }
        if (!ReplyAddresses.isAddress(frame.address())) {
            throw denied(frame);
        }
        ReplyAddresses.PendingReply pending = replies.take(frame.address());
        if (pending == null) {
            return false;
        }
        if (frame.failureCode() == null) {
            pending.replied(frame.body(), frame.headers());
        } else {
            pending.failed(frame.failureCode(), frame.message());
        }
        return false;
    }

    private void register(BridgeFrame frame) {
        Future<Caller> known = bridge.identify(session.authorization(frame));
        if (known.succeeded()) {
            registered(frame, known.result());
            return;
        }
        // Later frames can depend on this registration, so they wait.
        isIdentifying = true;
        session.flow();
        known.onComplete((caller, failure) -> context.loop().execute(() -> {
            isIdentifying = false;
            identified(frame, caller, failure);
        }));
    }

    private void identified(BridgeFrame frame, Caller caller, @Nullable Throwable failure) {
        if (session.isClosed()) {
            return;
        }
        try {
            if (failure == null) {
                registered(frame, caller);
            } else {
                session.error(frame, BusError.of(failure));
            }
        } catch (RuntimeException e) {
            session.error(frame, BusError.of(e));
        }
        while (!isIdentifying && !later.isEmpty()) {
            handle(later.remove());
        }
        session.flow();
    }

    private void registered(BridgeFrame frame, Caller caller) {
        String address = frame.address();
        if (worker.addresses() + events.size() >= MAX_ADDRESSES) {
            throw new MusterException(
                    ErrorType.LIMIT, "a connection has at most " + MAX_ADDRESSES + " addresses; open another one");
        }
        if (Bridge.isEventAddress(address)) {
            if (!events.contains(address)) {
                bridge.reserve(address, session);
                events.add(address);
            }
        } else if (!bridge.settings().permits(address)) {
            throw denied(frame);
        } else if (!caller.mayWorkAt(address)) {
            throw new MusterException(
                    ErrorType.DENIED,
                    caller.name() + " may not be a worker at \"" + Printable.beginning(address, BridgeFrame.MAX_QUOTED)
                            + "\" (callers: may: {workers: ['" + Printable.beginning(address, BridgeFrame.MAX_QUOTED)
                            + "']})");
        } else {
            worker.register(address);
        }
    }

    private void unregister(String address) {
        if (events.remove(address)) {
            bridge.release(address);
        } else if (!worker.unregister(address)) {
            throw new MusterException(
                    ErrorType.NOT_FOUND,
                    "the address " + Printable.beginning(address, BridgeFrame.MAX_QUOTED) + " was not registered here");
        }
    }

    private static MusterException denied(BridgeFrame frame) {
        return new MusterException(
                ErrorType.DENIED,
                frame.type() + " may not use the address \""
                        + Printable.beginning(frame.address(), BridgeFrame.MAX_QUOTED)
                        + "\"; workers register addresses of server.bridge.addresses");
    }
}
