package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.run.Room;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames to a client, and how many bytes of them wait for it to read. Bounded: who lets more than 1 MiB wait is
 * gone when the next frame comes. On the loop of the connection.
 */
final class BridgeOut {

    /** How much may wait. */
    static final int MOST_WAITING_BYTES = 1 << 20;

    /** How much may wait while more is asked for and more events are sent. */
    static final int ROOMY_BYTES = 256 << 10;

    private final BridgeSocket socket;
    private final Loop loop;
    private final Runnable changed;
    private final Runnable unread;
    private final Room room = new Room();
    private long waitingBytes;
    private long taken;
    private long takenBefore = -1;

    /**
     * Of a connection.
     *
     * @param changed is told when there is room again, and when there is none any more
     * @param unread is told when too much waits
     */
    BridgeOut(BridgeSocket socket, Loop loop, Runnable changed, Runnable unread) {
        this.socket = socket;
        this.loop = loop;
        this.changed = changed;
        this.unread = unread;
    }

    /** Sends a message, or a reply. */
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
     * Sends what went wrong with a frame.
     *
     * @param address where it was to go; empty if that is not known
     * @param replyAddress where its sender expects the answer; null if it expects none, or that is not known
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

    /** Sends a frame. */
    void send(Map<String, @Nullable Object> frame) {
        if (waitingBytes > MOST_WAITING_BYTES) {
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

    /** Whether so little waits that there may be more. */
    boolean hasRoom() {
        return waitingBytes <= ROOMY_BYTES;
    }

    /** Completes when there is room. */
    Future<Void> room() {
        return room.when(hasRoom());
    }

    /** Whether nothing waits. */
    boolean isIdle() {
        return waitingBytes == 0;
    }

    /** Whether too much waits, and nothing of it was taken since the last question. */
    boolean isStuck() {
        boolean stuck = waitingBytes > MOST_WAITING_BYTES && taken == takenBefore;
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
