package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches a node. Immutable.
 *
 * @param host of the TCP bridge
 * @param port of the TCP bridge
 * @param key the caller's key or token, or null where no callers are configured
 * @param window how many events of a run may be on their way at once
 * @param leastPause before the first attempt to connect again; each further one waits twice as long
 * @param mostPause between two attempts
 */
public record ClientOptions(
        String host, int port, @Nullable String key, int window, Duration leastPause, Duration mostPause) {

    /** Of the TCP bridge at a host and port, without a key. */
    public static ClientOptions at(String host, int port) {
        return new ClientOptions(host, port, null, 64, Duration.ofMillis(100), Duration.ofSeconds(10));
    }

    /** For the event bus of a Vert.x, where there is no host to name. */
    public static ClientOptions onBus() {
        return at("", 0);
    }

    /** The same with a key or token. */
    public ClientOptions withKey(String other) {
        return new ClientOptions(host, port, other, window, leastPause, mostPause);
    }

    /** The same with so many events on their way at once. */
    public ClientOptions withWindow(int other) {
        return new ClientOptions(host, port, key, other, leastPause, mostPause);
    }

    /** The same with these pauses between attempts to connect. */
    public ClientOptions withPauses(Duration least, Duration most) {
        return new ClientOptions(host, port, key, window, least, most);
    }

    /** What names the caller, or null. */
    @Nullable
    String authorization() {
        return key == null ? null : "Bearer " + key;
    }

    /** How long to wait after so many failures in a row. */
    Duration pause(int failures) {
        Duration pause = leastPause.multipliedBy(1L << Math.min(failures, 16));
        return pause.compareTo(mostPause) > 0 ? mostPause : pause;
    }

    /** All but the key. */
    @Override
    public String toString() {
        return "client of " + host + ":" + port;
    }
}
