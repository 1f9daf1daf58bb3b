package dev.muster.bus;

import dev.muster.json.JsonLimits;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of one bridge connection: its runs, its waits at queues, the event addresses it registered, the worker addresses it
 * serves. All of them end with the connection. Runs on the loop of its server.
 */
final class BridgeSession implements FrameReader.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeSession.class);
    private static final CancelReason LEFT = CancelReason.of("the caller left");

    private final Bridge bridge;
    private final Bridge.Context context;
    private final BridgeSocket socket;
    private final BridgeOut out;
    private final BridgeWorker worker;
    private final BridgeFrames frames;
    private final ReplyAddresses replies = new ReplyAddresses();
    private final Set<ManagedRun> runs = new HashSet<>();
    private final Set<PendingRequest<?>> waits = new HashSet<>();
    private final Set<Runnable> closeListeners = new HashSet<>();
    private final Set<MessageMemory> memories = new HashSet<>();
    private @Nullable Timer timer;
    private boolean isClosed;
    private boolean hasSpoken;

    BridgeSession(Bridge.Context context, BridgeSocket socket) {
        this.bridge = context.bridge();
        this.context = context;
        this.socket = socket;
        this.out = new BridgeOut(socket, context.loop(), this::flow, () -> close("it does not read its data"));
        this.worker = new BridgeWorker(this, context);
        this.frames = new BridgeFrames(this, context, replies, worker);
    }

    /** Starts the session, or closes it if the node accepts no more connections. */
    void open() {
        if (bridge.opened(this)) {
            watch();
        } else {
            close("the node is stopping, or has too many connections");
        }
    }

    /** Handles a frame. A rejected frame fails only the message it belongs to. */
    @Override
    public void frame(byte[] json) {
        if (isClosed) {
            return;
        }
        if (json.length > bridge.limits().bodyBytes()) {
            skipped(json.length, new FrameScan().scan(json));
            return;
        }
        var memory = new MessageMemory(context.runs().memory());
        memories.add(memory);
        try {
            BridgeFrame frame = BridgeFrame.parse(json, memory);
            hasSpoken = true;
            frames.take(frame);
        } catch (MusterException e) {
            release(memory);
            reject(new FrameScan().scan(json), e);
        }
    }

    @Override
    public void skipped(int length, FrameScan scan) {
        reject(scan, wrongLength(length));
    }

    /** Reports an impossible frame length and closes the connection: the start of the next frame cannot be found. */
    @Override
    public void rejected(int length) {
        if (!isClosed) {
            out.error("", null, BusError.of(wrongLength(length)));
            close("a frame has an invalid length");
        }
    }

    private MusterException wrongLength(int length) {
        return new MusterException(
                ErrorType.LIMIT,
                "a frame has from 1 to " + bridge.limits().bodyBytes() + " bytes (server.limits.body), not "
                        + Integer.toUnsignedString(length));
    }

    /** Reports a rejected frame to its sender and, if the frame was a reply, to the caller that waits for the reply. */
    private void reject(FrameScan scan, MusterException why) {
        if (isClosed) {
            return;
        }
        hasSpoken = true;
        BusError error = BusError.of(why);
        ReplyAddresses.PendingReply pending =
                ReplyAddresses.isAddress(scan.address()) ? replies.take(scan.address()) : null;
        if (pending != null) {
            pending.failed(error.code(), "the reply was rejected: " + why.detail());
        }
        out.error(scan.address(), scan.replyAddress(), error);
    }

    /** Ends everything that belongs to the connection. Idempotent. */
    void closed() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (timer != null) {
            timer.cancel();
        }
        frames.close();
        List.copyOf(runs).forEach(run -> run.cancel(LEFT));
        List.copyOf(waits).forEach(wait -> wait.giveUp().accept(LEFT));
        List.copyOf(closeListeners).forEach(Runnable::run);
        worker.close();
        replies.loseAll();
        memories.forEach(MessageMemory::release);
        memories.clear();
        bridge.closed(this);
    }

    /** Closes the connection if it is idle. Safe on any thread. */
    void drain(boolean isQuiet) {
        context.loop().execute(() -> {
            if (runs.isEmpty()
                    && waits.isEmpty()
                    && closeListeners.isEmpty()
                    && replies.isEmpty()
                    && out.isIdle()
                    && (isQuiet || !worker.isWorking())) {
                close("the node stops");
            }
        });
    }

    // ---- for the other classes of the bridge

    boolean isClosed() {
        return isClosed;
    }

    @Nullable
    String authorization(BridgeFrame frame) {
        String own = frame.authorization();
        return own == null ? socket.authorization() : own;
    }

    void bindRun(ManagedRun run) {
        runs.add(run);
        run.end().onComplete(ended -> runs.remove(run));
    }

    /** Cancels a waiting queue operation if the connection closes before the operation completes. */
    void bindWait(PendingRequest<?> pending) {
        if (!pending.future().isComplete()) {
            waits.add(pending);
            pending.future().onComplete(ended -> context.loop().execute(() -> waits.remove(pending)));
        }
    }

    /** Runs the listener if the connection closes before {@code until} completes. */
    void whenClosed(Future<?> until, Runnable listener) {
        if (!until.isComplete()) {
            closeListeners.add(listener);
            until.onComplete(ended -> context.loop().execute(() -> closeListeners.remove(listener)));
        }
    }

    /** Releases the memory of a frame that has been answered or needs no answer. */
    void release(MessageMemory memory) {
        memories.remove(memory);
        memory.release();
    }

    boolean takesEvents(String address) {
        return frames.takesEvents(address);
    }

    Future<Void> room() {
        return out.room();
    }

    /**
     * Reserves an address for a reply within this time. Returns null if too many replies are pending; {@code pending} is then lost
     * already.
     */
    @Nullable
    String expect(ReplyAddresses.PendingReply pending, Duration patience) {
        return replies.expect(pending, context.loop().nanos() + patience.toNanos());
    }

    void forget(String reply) {
        replies.forget(reply);
    }

    void message(String address, @Nullable Object body, Map<String, String> headers, @Nullable String reply) {
        if (!isClosed) {
            out.message(address, body, headers, reply);
        }
    }

    /** Answers a ping, and reports the limits of frames. */
    void pong() {
        out.send(Map.of("type", "pong", "maxBytes", (long) bridge.limits().bodyBytes(), "maxNesting", (long)
                JsonLimits.DEFAULT.nesting()));
    }

    void error(BridgeFrame about, BusError error) {
        if (!isClosed) {
            out.error(about.address(), about.replyAddress(), error);
        }
    }

    // ---- the connection

    void flow() {
        if (!isClosed) {
            socket.read(out.hasRoom() && !frames.isBusy());
        }
    }

    private void watch() {
        timer = context.loop().schedule(bridge.limits().frameTime(), () -> {
            replies.expire(context.loop().nanos());
            if (!hasSpoken) {
                close("it sent nothing");
            } else if (socket.isStuck()) {
                close("a frame was not completed");
            } else if (out.isStuck()) {
                close("it does not read its data");
            } else {
                watch();
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
