package dev.muster.bus;

import dev.muster.connect.call.CallConnector;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queue requests that can be cancelled, by the names that their senders chose; of one connection, or of the peers of a node. A
 * request is registered until it is answered. Safe on any thread.
 */
final class CancellableRequests {

    /** The maximum number of registered requests. */
    static final int MOST = 10_000;

    private static final int LONGEST_NAME = 128;

    private final Map<String, NamedRequest> open = new ConcurrentHashMap<>();

    /**
     * Registers a request if it has a name, and returns the request to use in its place.
     *
     * @throws MusterException of type {@code badInput}, {@code conflict} or {@code limit}
     */
    BusRequest named(BusRequest asker) {
        String name = asker.header(CallConnector.CALL_HEADER);
        if (name == null) {
            return asker;
        }
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the header " + CallConnector.CALL_HEADER + " has 1 to " + LONGEST_NAME + " characters, not "
                            + name.length());
        }
        if (open.size() >= MOST) {
            throw new MusterException(
                    ErrorType.LIMIT,
                    "at most " + MOST + " requests with the header " + CallConnector.CALL_HEADER
                            + " can wait at once; open another connection");
        }
        var named = new NamedRequest(asker, () -> open.remove(name));
        if (open.putIfAbsent(name, named) != null) {
            throw new MusterException(
                    ErrorType.CONFLICT,
                    CallConnector.CALL_HEADER + " " + Printable.beginning(name, BridgeFrame.MAX_QUOTED)
                            + " is the name of another waiting request; use a random name for each");
        }
        return named;
    }

    /** Ends the wait of a request now, as if its time were up. Returns false if no request has this name. */
    boolean withdraw(String name) {
        NamedRequest named = open.get(name);
        if (named == null) {
            return false;
        }
        named.withdraw();
        return true;
    }

    /** The number of registered requests. */
    int size() {
        return open.size();
    }
}
