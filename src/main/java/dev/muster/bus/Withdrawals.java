package dev.muster.bus;

import dev.muster.connect.call.CallConnector;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests at queues that can be withdrawn, by the names that those who sent them made up: those of one connection, or those of
 * the peers of a node. Each is here from when it came until it is answered. Any thread.
 */
final class Withdrawals {

    /** How many there may be at once. */
    static final int MOST = 10_000;

    private static final int LONGEST_NAME = 128;

    private final Map<String, NamedAsker> open = new ConcurrentHashMap<>();

    /**
     * Whoever asks, such that the request can be withdrawn if it has a name.
     *
     * @throws MusterException of type {@code badInput}, {@code conflict} or {@code limit}
     */
    Asker named(Asker asker) {
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
                            + " may wait at once; open another connection");
        }
        var named = new NamedAsker(asker, () -> open.remove(name));
        if (open.putIfAbsent(name, named) != null) {
            throw new MusterException(
                    ErrorType.CONFLICT,
                    CallConnector.CALL_HEADER + " " + BridgeText.shown(name)
                            + " names another request that waits; make up a name for each, at random");
        }
        return named;
    }

    /** Has a request answered now, as if the time that it waits were up; false if there is none of this name. */
    boolean withdraw(String name) {
        NamedAsker named = open.get(name);
        if (named == null) {
            return false;
        }
        named.withdraw();
        return true;
    }

    /** How many there are. */
    int size() {
        return open.size();
    }
}
