package dev.muster.web;

import dev.muster.config.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the section {@code server} says, but its bounds.
 *
 * @param host the name or address to listen at
 * @param hosts further names and addresses that requests may be for where there are no callers
 * @param port to listen at; 0 for one that the system picks
 * @param workers event loops, each with a server of its own
 * @param drain how long runs may go on after the node was asked to stop
 * @param transport how the loops wait for sockets: {@code auto}, {@code io_uring}, {@code epoll} or {@code nio}
 * @param compression whether answers are compressed for callers who take that
 * @param cors the origins whose pages may ask; {@code *} is any
 * @param accessLog whether each request is logged
 * @param isOpen whether requests for any host are answered where there are no callers
 */
public record ServerSettings(
        String host,
        List<String> hosts,
        int port,
        int workers,
        Duration drain,
        String transport,
        boolean compression,
        List<String> cors,
        boolean accessLog,
        boolean isOpen) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final List<String> TRANSPORTS = List.of("auto", "io_uring", "epoll", "nio");
    private static final String AUTO = "auto";

    /** As browsers write it. */
    private static final Pattern ORIGIN = Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[^/?#\\sA-Z]+");

    /** Reads them; what is wrong is noted. Words of others in this section are left to them. */
    public static ServerSettings read(Fields fields) {
        String transport = fields.string("transport", AUTO);
        if (!TRANSPORTS.contains(transport)) {
            fields.problem(
                    "transport", "transport of " + fields.what() + " must be one of " + String.join(", ", TRANSPORTS));
        }
        return new ServerSettings(
                fields.string("host", "127.0.0.1"),
                hosts(fields),
                fields.integer("port", 0, 65_535, 8080),
                workers(fields),
                fields.duration("drain", Duration.ofSeconds(20)),
                transport,
                fields.bool("compression", true),
                cors(fields),
                fields.bool("accessLog", false),
                false);
    }

    /** The same at another host. */
    public ServerSettings atHost(String other) {
        return new ServerSettings(other, hosts, port, workers, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** The same at another port. */
    public ServerSettings atPort(int other) {
        return new ServerSettings(host, hosts, other, workers, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** The same with so many event loops. */
    public ServerSettings withWorkers(int other) {
        return new ServerSettings(host, hosts, port, other, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** The same with the access log. */
    public ServerSettings withAccessLog() {
        return new ServerSettings(host, hosts, port, workers, drain, transport, compression, cors, true, isOpen);
    }

    /** The same for requests for any host, without callers too. */
    public ServerSettings opened() {
        return new ServerSettings(host, hosts, port, workers, drain, transport, compression, cors, accessLog, true);
    }

    /** Whether only this machine can reach it. */
    public boolean isLoopback() {
        return LOOPBACK.contains(host) || host.startsWith("127.");
    }

    private static int workers(Fields fields) {
        int cores = Runtime.getRuntime().availableProcessors();
        Optional<String> text =
                fields.node("workers").isPresent() && isAuto(fields) ? Optional.of(AUTO) : Optional.empty();
        return text.isPresent() ? cores : fields.integer("workers", 1, 1_000, cores);
    }

    private static boolean isAuto(Fields fields) {
        return fields.mapping().get("workers") instanceof dev.muster.config.Scalar scalar
                && AUTO.equals(scalar.value());
    }

    private static List<String> hosts(Fields fields) {
        List<String> hosts =
                fields.strings("hosts").orElse(List.of()).stream().distinct().toList();
        hosts.stream()
                .filter(host -> DoorCheck.host(host).isEmpty())
                .forEach(host -> fields.problem(
                        "hosts",
                        "hosts of " + fields.what() + " has \"" + host
                                + "\", which is no host: write a name or an address alone, without a port"));
        return hosts;
    }

    private static List<String> cors(Fields fields) {
        List<String> origins =
                fields.strings("cors").orElse(List.of()).stream().distinct().toList();
        origins.stream()
                .filter(origin -> !ORIGIN.matcher(origin).matches())
                .forEach(
                        origin -> fields.problem(
                                "cors",
                                "cors of " + fields.what() + " has \"" + fields.shownItem("cors", origin)
                                        + "\", which is no origin: write scheme, host and port alone, https://shop.example say, or *"));
        return origins;
    }
}
