package dev.muster.bus;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which one client can reply, each once. They are valid on the client's own connection only. Runs on the loop of
 * the connection.
 */
final class ReplyAddresses {

    private static final String PREFIX = "muster.reply.";
    static final int MAX_PENDING = 10_000;

    private final String own = PREFIX + UUID.randomUUID() + ".";
    private final Map<String, Expected> expected = new LinkedHashMap<>();
    private long count;

    /**
     * A message to a client that waits for the reply. Runs on the loop of the connection. At most one of the methods is called, once;
     * none after {@link #forget}.
     */
    interface PendingReply {

        /** The client replied. */
        void replied(@Nullable Object body, Map<String, String> headers);

        /** The client replied with a failure. */
        void failed(long code, String message);

        /** The client has disconnected, or did not reply in time. */
        void lost();
    }

    private record Expected(PendingReply pending, long endNanos) {}

    /**
     * Reserves an address for a reply. Returns null if too many replies are pending; {@code pending} is then lost already.
     *
     * @param endNanos until when the reply is expected, in the loop's time
     */
    @Nullable
    String expect(PendingReply pending, long endNanos) {
        if (expected.size() >= MAX_PENDING) {
            pending.lost();
            return null;
        }
        count++;
        String address = own + count;
        expected.put(address, new Expected(pending, endNanos));
        return address;
    }

    /** Ignores the reply at this address from now on. */
    void forget(String address) {
        expected.remove(address);
    }

    /** Removes and returns the message that waits for a reply at this address, or null. */
    @Nullable
    PendingReply take(String address) {
        Expected found = expected.remove(address);
        return found == null ? null : found.pending();
    }

    /** Whether this is the address of a reply, expected or not. */
    static boolean isAddress(String address) {
        return address.startsWith(PREFIX);
    }

    boolean isEmpty() {
        return expected.isEmpty();
    }

    /** Gives up the replies that are overdue. */
    void expire(long nowNanos) {
        List<PendingReply> late = new ArrayList<>();
        Iterator<Expected> each = expected.values().iterator();
        while (each.hasNext()) {
            Expected next = each.next();
            if (next.endNanos() < nowNanos) {
                each.remove();
                late.add(next.pending());
            }
        }
        late.forEach(PendingReply::lost);
    }

    void loseAll() {
        List<Expected> all = List.copyOf(expected.values());
        expected.clear();
        all.forEach(reply -> reply.pending().lost());
    }
}
