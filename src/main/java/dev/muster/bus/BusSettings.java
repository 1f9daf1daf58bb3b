package dev.muster.bus;

import dev.muster.config.Fields;
import dev.muster.config.Glob;
import dev.muster.config.Node;
import dev.muster.config.Sequence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of {@code server: {bridge: …}}. Immutable.
 *
 * @param tcp the address of the TCP bridge, if it is enabled
 * @param webSocket whether the bridge over WebSocket and SockJS is enabled
 * @param addresses the addresses that bridge clients may serve as workers; {@code *} matches any characters
 */
public record BusSettings(Optional<Tcp> tcp, boolean webSocket, List<Glob> addresses) {

    /** No bridges. */
    public static final BusSettings NONE = new BusSettings(Optional.empty(), false, List.of());

    private static final String OWN = "muster";
    private static final int MAX_ADDRESS = 200;

    /**
     * The address of the TCP bridge.
     *
     * @param host host name or IP address
     * @param port port; 0 lets the operating system pick one
     */
    public record Tcp(String host, int port) {

        /** Whether only this machine can connect. */
        public boolean isLoopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.equals("[::1]");
        }
    }

    /**
     * The limits of the event bus. They are those of HTTP: settings of {@code server.limits}.
     *
     * @param bodyBytes size of a request, and of a bridge frame, in bytes
     * @param frameTime time for the first frame of a connection to arrive, and for each begun frame to be complete
     * @param connections bridge connections of the node at once
     */
    public record Limits(int bodyBytes, Duration frameTime, int connections) {}

    /**
     * Reads the settings and collects their problems.
     *
     * @param server the section {@code server}
     * @param host the host of HTTP, which is the default for TCP
     */
    public static BusSettings read(Fields server, String host) {
        return server.fields("bridge").map(fields -> readBridge(fields, host)).orElse(NONE);
    }

    private static BusSettings readBridge(Fields fields, String host) {
        Optional<Tcp> tcp = fields.fields("tcp").map(words -> {
            var read = new Tcp(words.string("host", host), (int) words.requireInteger("port", 0, 65_535));
            words.unknownWords();
            return read;
        });
        boolean webSocket = fields.bool("websocket", false);
        List<String> addresses = fields.strings("addresses").orElse(List.of());
        addresses.forEach(address -> check(fields, address));
        fields.unknownWords();
        return new BusSettings(tcp, webSocket, addresses.stream().map(Glob::of).toList());
    }

    /** Whether any bridge is enabled. */
    public boolean isOn() {
        return tcp.isPresent() || webSocket;
    }

    /** Whether clients may serve this address as workers. Muster's own addresses are never permitted. */
    boolean permits(String address) {
        return address.length() <= MAX_ADDRESS
                && !isOwn(address)
                && addresses.stream().anyMatch(pattern -> pattern.matches(address));
    }

    static boolean isOwn(String address) {
        return address.equals(OWN) || address.startsWith(OWN + ".");
    }

    private static void check(Fields fields, String address) {
        if (address.isBlank() || isOwn(address)) {
            Node at =
                    fields.node("addresses").filter(Sequence.class::isInstance).orElse(fields.mapping());
            fields.problems()
                    .add(
                            at.at(),
                            address.isBlank()
                                    ? "an address of " + fields.what() + " is empty"
                                    : "the address " + fields.shownItem("addresses", address)
                                            + " is reserved for Muster; use an address that begins with"
                                            + " another word");
        }
    }
}
