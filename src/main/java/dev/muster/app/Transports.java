package dev.muster.app;

import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.web.GuardedTransport;
import dev.muster.web.ServerSettings;
import io.vertx.core.transport.Transport;
import java.util.List;

/** The ways in which event loops wait for sockets. */
final class Transports {

    private Transports() {}

    /** Vert.x for a server with the transport that it asks for, in its cluster if there is one; blocks until it is there. */
    static Resources open(ServiceSetup setup) throws InterruptedException {
        ServerSettings settings = setup.settings();
        var transport = new GuardedTransport(of(settings.transport()));
        return setup.cluster().isOn()
                ? Resources.join(settings.workers(), transport, setup.cluster())
                : Resources.open(settings.workers(), transport);
    }

    /** The name of the transport that these settings come to on this machine. */
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
