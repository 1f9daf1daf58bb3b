package dev.muster.bus;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The addresses under which one client may reply, each once. Nobody else can, as they are of its connection. On its loop.
 */
final class ReplyAddresses {

    private static final String PREFIX = "muster.reply.";
    static final int MOST = 10_000;

    private final String own = PREFIX + UUID.randomUUID() + ".";
    private final Map<String, Expected> expected = new LinkedHashMap<>();
    private long count;

    private record Expected(Unanswered by, long endNanos) {}

    /** An address for a reply that is expected until then; null if there are too many, and the reply is lost already. */
    @Nullable
    String expect(Unanswered by, long endNanos) {
        if (expected.size() >= MOST) {
            by.lost();
            return null;
        }
        count++;
        String address = own + count;
        expected.put(address, new Expected(by, endNanos));
        return address;
    }

    /** Takes no reply there any more. */
    void forget(String address) {
        expected.remove(address);
    }

    /** Who waits for a reply there; nobody waits any more then. */
    @Nullable
    Unanswered take(String address) {
        Expected found = expected.remove(address);
        return found == null ? null : found.by();
    }

    /** Whether it is of such an address, even if nobody waits there any more. */
    static boolean isOne(String address) {
        return address.startsWith(PREFIX);
    }

    boolean isEmpty() {
        return expected.isEmpty();
    }

    /** Gives up those that were expected until before now. */
    void look(long nowNanos) {
        List<Unanswered> late = new ArrayList<>();
        Iterator<Expected> each = expected.values().iterator();
        while (each.hasNext()) {
            Expected one = each.next();
            if (one.endNanos() < nowNanos) {
                each.remove();
                late.add(one.by());
            }
        }
        late.forEach(Unanswered::lost);
    }

    /** Gives up all. */
    void lost() {
        List<Expected> all = List.copyOf(expected.values());
        expected.clear();
        all.forEach(one -> one.by().lost());
    }
}
