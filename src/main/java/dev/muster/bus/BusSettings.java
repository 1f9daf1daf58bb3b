package dev.muster.bus;

import dev.muster.config.Fields;
import dev.muster.config.Glob;
import dev.muster.config.Node;
import dev.muster.config.Sequence;
import java.util.List;
import java.util.Optional;

/**
 * What {@code server: {bridge: …}} says. Immutable.
 *
 * @param tcp where the TCP bridge listens, if it is on
 * @param webSocket whether there is a bridge over WebSocket and SockJS
 * @param addresses the addresses that clients of a bridge may answer at; {@code *} stands for any characters
 */
public record BusSettings(Optional<Tcp> tcp, boolean webSocket, List<Glob> addresses) {

    /** Without bridges. */
    public static final BusSettings NONE = new BusSettings(Optional.empty(), false, List.of());

    private static final String OWN = "muster";
    private static final int MOST_ADDRESS = 200;

    /**
     * Where the TCP bridge listens.
     *
     * @param host name or address
     * @param port 0 for one that the system picks
     */
    public record Tcp(String host, int port) {

        /** Whether only this machine can reach it. */
        public boolean isLoopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.equals("[::1]");
        }
    }

    /**
     * Reads them; what is wrong is noted.
     *
     * @param server the section {@code server}
     * @param host where HTTP listens, which TCP does too unless it says otherwise
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

    /** Whether any bridge is on. */
    public boolean isOn() {
        return tcp.isPresent() || webSocket;
    }

    /** Whether a client may answer at an address. Muster's own are never among them. */
    boolean permits(String address) {
        return address.length() <= MOST_ADDRESS
                && !isOwn(address)
                && addresses.stream().anyMatch(one -> one.matches(address));
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
                                            + " is Muster's own; addresses of workers begin with" + " another word");
        }
    }
}
