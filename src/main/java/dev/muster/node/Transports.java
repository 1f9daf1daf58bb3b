package dev.muster.node;

import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.web.AcceptGuardTransport;
import dev.muster.web.ServerSettings;
import io.vertx.core.transport.Transport;
import java.util.List;

/** The transports by which event loops wait for sockets. */
public final class Transports {

    private Transports() {}

    /** Starts Vert.x for a server with the configured transport, as a node of its cluster if it has one. Blocks. */
    public static Resources open(NodeSetup setup) throws InterruptedException {
        ServerSettings settings = setup.settings();
        var transport = new AcceptGuardTransport(of(settings.transport()));
        return setup.cluster().isOn()
                ? Resources.join(settings.workers(), transport, setup.cluster())
                : Resources.open(settings.workers(), transport);
    }

    /** The name of the transport that these settings select on this machine. */
    static String name(ServerSettings settings) {
        return of(settings.transport()).name();
    }

    private static Transport of(String name) {
        return switch (name) {
            case "nio" -> Transport.NIO;
            case "epoll" -> required(name, Transport.EPOLL);
            case "io_uring" -> required(name, Transport.IO_URING);
            default -> isThere(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
        };
    }

    private static Transport required(String name, Transport transport) {
        if (!isThere(transport)) {
            String why = transport == null || transport.unavailabilityCause() == null
                    ? "this machine has none"
                    : String.valueOf(transport.unavailabilityCause().getMessage());
            throw new ProblemsException(List.of(
                    new Problem(Position.start("muster.yaml"), "server.transport: " + name + " is not there: " + why)));
        }
        return transport;
    }

    private static boolean isThere(Transport transport) {
        return transport != null && transport.available();
    }
}
