package dev.muster.web;

import dev.muster.config.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of the section {@code server}, without its limits. Immutable.
 *
 * @param host the host name or IP address to listen at
 * @param hosts further hosts that requests can name if no callers are configured
 * @param port the port to listen at; 0 lets the operating system pick one
 * @param workers the number of event loops, each with its own server
 * @param drain how long runs can go on after the node was asked to stop
 * @param transport the I/O transport of the event loops: {@code auto}, {@code io_uring}, {@code epoll} or {@code nio}
 * @param compression whether responses are compressed for callers that accept it
 * @param cors the origins whose pages may send requests; {@code *} is any
 * @param accessLog whether each request is logged
 * @param isOpen whether requests for any host are answered even if no callers are configured
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

    /**
     * The limits of HTTP; each one is a setting of {@code server.limits}.
     *
     * @param bodyBytes size of a request body, in bytes
     * @param headerBytes size of all headers of a request, in bytes; the request line has the same limit
     * @param requestTime time for a request to arrive, from when its first byte is awaited to the end of its body
     * @param idle how long a connection can stay open without a request
     * @param connections concurrent connections of one event loop
     */
    public record HttpLimits(int bodyBytes, int headerBytes, Duration requestTime, Duration idle, int connections) {

        /** The documented defaults. */
        public static final HttpLimits DEFAULTS =
                new HttpLimits(1 << 20, 16 << 10, Duration.ofSeconds(30), Duration.ofSeconds(75), 10_000);
    }

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final List<String> TRANSPORTS = List.of("auto", "io_uring", "epoll", "nio");
    private static final String AUTO = "auto";

    /** An origin as browsers send it. */
    private static final Pattern ORIGIN = Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[^/?#\\sA-Z]+");

    /** Reads the settings and collects their problems. Other words of the section are left to their own readers. */
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

    /** These settings with another host. */
    public ServerSettings atHost(String other) {
        return new ServerSettings(other, hosts, port, workers, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** These settings with another port. */
    public ServerSettings atPort(int other) {
        return new ServerSettings(host, hosts, other, workers, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** These settings with another number of event loops. */
    public ServerSettings withWorkers(int other) {
        return new ServerSettings(host, hosts, port, other, drain, transport, compression, cors, accessLog, isOpen);
    }

    /** These settings with the access log enabled. */
    public ServerSettings withAccessLog() {
        return new ServerSettings(host, hosts, port, workers, drain, transport, compression, cors, true, isOpen);
    }

    /** These settings with requests for any host answered. */
    public ServerSettings opened() {
        return new ServerSettings(host, hosts, port, workers, drain, transport, compression, cors, accessLog, true);
    }

    /** Whether only this machine can connect. */
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
                .filter(host -> HostCheck.host(host).isEmpty())
                .forEach(host -> fields.problem(
                        "hosts",
                        "hosts of " + fields.what() + " has \"" + host
                                + "\", which is not a host: write a name or an address alone, without a port"));
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
                                        + "\", which is not an origin: write scheme, host and port alone, such as https://shop.example, or *"));
        return origins;
    }
}
