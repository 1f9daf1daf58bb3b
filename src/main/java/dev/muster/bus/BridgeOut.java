package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.run.Backpressure;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames to one client, and the number of bytes queued because the client does not read fast enough. Bounded: if more than 1
 * MiB is queued when the next frame comes, the connection is closed. Runs on the loop of the connection.
 */
final class BridgeOut {

    /** The maximum number of queued bytes. */
    static final int MAX_WAITING_BYTES = 1 << 20;

    /** The number of queued bytes up to which frames are read and events are sent. */
    static final int ROOMY_BYTES = 256 << 10;

    private final BridgeSocket socket;
    private final Loop loop;
    private final Runnable changed;
    private final Runnable unread;
    private final Backpressure room = new Backpressure();
    private long waitingBytes;
    private long taken;
    private long takenBefore = -1;

    /**
     * The output of a connection.
     *
     * @param changed runs when room becomes available, and when it runs out
     * @param unread runs when too many bytes are queued
     */
    BridgeOut(BridgeSocket socket, Loop loop, Runnable changed, Runnable unread) {
        this.socket = socket;
        this.loop = loop;
        this.changed = changed;
        this.unread = unread;
    }

    void message(String address, @Nullable Object body, Map<String, String> headers, @Nullable String replyAddress) {
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", socket.messageType());
        frame.put("address", address);
        frame.put("body", body);
        if (!headers.isEmpty()) {
            frame.put("headers", headers);
        }
        if (replyAddress != null) {
            frame.put("replyAddress", replyAddress);
        }
        send(frame);
    }

    /**
     * Sends an error frame.
     *
     * @param address the target address of the failed frame; empty if unknown
     * @param replyAddress the address for the reply to the failed frame; null if none was expected or it is unknown
     */
    void error(String address, @Nullable String replyAddress, BusError error) {
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", "err");
        if (replyAddress != null) {
            frame.put("address", replyAddress);
        }
        if (!address.isEmpty()) {
            frame.put("sourceAddress", address);
        }
        frame.put("failureCode", (long) error.code());
        frame.put("failureType", "RECIPIENT_FAILURE");
        frame.put("message", error.message());
        send(frame);
    }

    /** Sends a frame, or reports that too many bytes are queued. */
    void send(Map<String, @Nullable Object> frame) {
        if (waitingBytes > MAX_WAITING_BYTES) {
            unread.run();
            return;
        }
        byte[] json = Json.writeBytes(frame);
        boolean hadRoom = hasRoom();
        waitingBytes += json.length;
        socket.write(json).onComplete(written -> {
            if (loop.inLoop()) {
                written(json.length);
            } else {
                loop.execute(() -> written(json.length));
            }
        });
        if (hadRoom && !hasRoom()) {
            changed.run();
        }
    }

    /** Whether few enough bytes are queued to read more frames and send more events. */
    boolean hasRoom() {
        return waitingBytes <= ROOMY_BYTES;
    }

    /** Completes when there is room. */
    Future<Void> room() {
        return room.when(hasRoom());
    }

    boolean isIdle() {
        return waitingBytes == 0;
    }

    /** Whether too many bytes are queued and none have been written since the previous call. */
    boolean isStuck() {
        boolean stuck = waitingBytes > MAX_WAITING_BYTES && taken == takenBefore;
        takenBefore = taken;
        return stuck;
    }

    private void written(int bytes) {
        boolean hadRoom = hasRoom();
        waitingBytes -= bytes;
        taken++;
        if (!hadRoom && hasRoom()) {
            changed.run();
            room.opens();
        }
    }
}
