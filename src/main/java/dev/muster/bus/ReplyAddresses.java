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
    static final int MOST = 10_000;

    private final String own = PREFIX + UUID.randomUUID() + ".";
    private final Map<String, Expected> expected = new LinkedHashMap<>();
    private long count;

    private record Expected(PendingReply by, long endNanos) {}

    /**
     * Reserves an address for a reply. Returns null if too many replies are pending; {@code by} is then lost already.
     *
     * @param endNanos until when the reply is expected, in the loop's time
     */
    @Nullable
    String expect(PendingReply by, long endNanos) {
        if (expected.size() >= MOST) {
            by.lost();
            return null;
        }
        count++;
        String address = own + count;
        expected.put(address, new Expected(by, endNanos));
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
        return found == null ? null : found.by();
    }

    /** Whether this is the address of a reply, expected or not. */
    static boolean isOne(String address) {
        return address.startsWith(PREFIX);
    }

    boolean isEmpty() {
        return expected.isEmpty();
    }

    /** Gives up the replies that are overdue. */
    void look(long nowNanos) {
        List<PendingReply> late = new ArrayList<>();
        Iterator<Expected> each = expected.values().iterator();
        while (each.hasNext()) {
            Expected one = each.next();
            if (one.endNanos() < nowNanos) {
                each.remove();
                late.add(one.by());
            }
        }
        late.forEach(PendingReply::lost);
    }

    /** Gives up all replies. */
    void lost() {
        List<Expected> all = List.copyOf(expected.values());
        expected.clear();
        all.forEach(one -> one.by().lost());
    }
}
