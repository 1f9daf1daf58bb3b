package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches a node. Immutable.
 *
 * @param host host of the TCP bridge
 * @param port port of the TCP bridge
 * @param key key or token of the caller; null if no callers are configured
 * @param window maximum number of unprocessed events of a run
 * @param leastPause first pause before a reconnect; it doubles with each further failure
 * @param mostPause longest pause before a reconnect
 */
public record ClientOptions(
        String host, int port, @Nullable String key, int window, Duration leastPause, Duration mostPause) {

    /** Options for the TCP bridge at a host and port, without a key. */
    public static ClientOptions at(String host, int port) {
        return new ClientOptions(host, port, null, 64, Duration.ofMillis(100), Duration.ofSeconds(10));
    }

    /** Options for the event bus of a Vert.x, which needs no host. */
    public static ClientOptions onBus() {
        return at("", 0);
    }

    /** Returns a copy with a key or token. */
    public ClientOptions withKey(String other) {
        return new ClientOptions(host, port, other, window, leastPause, mostPause);
    }

    /** Returns a copy with another window. */
    public ClientOptions withWindow(int other) {
        return new ClientOptions(host, port, key, other, leastPause, mostPause);
    }

    /** Returns a copy with other pauses before a reconnect. */
    public ClientOptions withPauses(Duration least, Duration most) {
        return new ClientOptions(host, port, key, window, least, most);
    }

    /** Returns the authorization of the caller; null without a key. */
    @Nullable
    String authorization() {
        return key == null ? null : "Bearer " + key;
    }

    /** Returns the pause after a failure, from the number of failures in a row before it. */
    Duration pause(int failures) {
        Duration pause = leastPause.multipliedBy(1L << Math.min(failures, 16));
        return pause.compareTo(mostPause) > 0 ? mostPause : pause;
    }

    /** Omits the key. */
    @Override
    public String toString() {
        return "client of " + host + ":" + port;
    }
}
