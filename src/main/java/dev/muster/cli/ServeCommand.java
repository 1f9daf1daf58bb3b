package dev.muster.cli;

import dev.muster.bus.BusSettings;
import dev.muster.bus.BusVerticle.BridgeListenException;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.log.Log;
import dev.muster.log.LogSettings;
import dev.muster.node.ConfDir;
import dev.muster.node.Node;
import dev.muster.node.NodeSetup;
import dev.muster.node.Resources;
import dev.muster.node.Transports;
import dev.muster.web.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster serve}: runs a serving node. */
public final class ServeCommand implements Command {

    private static final String HOST = "--host";
    private static final String PORT = "--port";
    private static final String WORKERS = "--workers";
    private static final String OPEN = "--open";
    private static final String CLUSTER = "--cluster";
    private static final String LOG_LEVEL = "--log-level";
    private static final String LOG_FORMAT = "--log-format";
    private static final String ACCESS_LOG = "--access-log";
    private static final int MAX_WORKERS = 1_000;
    private static final int FIRST_FREE_PORT = 1024;

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Serves the configuration's plans over HTTP until SIGTERM or SIGINT; SIGHUP reloads the"
                                + " configuration.",
                        "muster serve",
                        "muster serve --conf deploy/conf --port 9090 --access-log",
                        "muster serve --port 0 --cluster",
                        "",
                        "Exit code: 0 after its runs have ended or were cancelled, 2 if the configuration is wrong.")
                .addOption(Options.conf())
                .addOption(Options.value(HOST, "HOST", String.class, "Where to listen, instead of server.host."))
                .addOption(Options.value(
                        PORT, "PORT", Integer.class, "The port, instead of server.port; 0 picks a free one."))
                .addOption(Options.value(
                        WORKERS, "N", Integer.class, "Event loops, instead of server.workers; one per core."))
                .addOption(Options.flag(
                        OPEN, "Accepts other machines, by any host name, although no callers are configured."))
                .addOption(Options.flag(CLUSTER, "Joins the cluster of the section cluster."))
                .addOption(
                        Options.value(
                                LOG_LEVEL,
                                "LEVEL",
                                String.class,
                                "The level of Muster's own log, instead of server.log.level: off, error, warn, info, debug or trace."))
                .addOption(Options.value(
                        LOG_FORMAT, "FORMAT", String.class, "text or json, instead of server.log.format."))
                .addOption(Options.flag(ACCESS_LOG, "Logs each request."));
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        session.writesLogAside();
        log(parsed, LogSettings.DEFAULTS, session);
        ConfDir where = Options.where(parsed).required();
        NodeSetup setup = read(parsed, where, session);
        requireCallers(parsed, setup, openHost(setup));
        log(parsed, setup.log(), session);
        Resources resources = Transports.open(setup).sized(setup.limits());
        try (Node node = Node.start(
                setup, () -> readAgain(parsed, where, session, setup), session.embedding(), session::say, resources)) {
            session.say("muster serves " + node.address());
            // The node logs the result of the reload.
            session.onHangUp(node::reload);
            try (var registration = session.stop().tell(node::longestDrain, reason -> {})) {
                session.stop().asked().join();
                node.drain();
            }
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof BridgeListenException bridge) {
                BusSettings.Tcp at = bridge.at();
                throw cannotListen(at.host(), at.port(), "server.bridge.tcp", bridge);
            }
            if (e.getCause() instanceof IOException failure) {
                ServerSettings at = setup.settings();
                throw cannotListen(at.host(), at.port(), "--host and --port, or server.host and server.port,", failure);
            }
            throw e;
        }
        session.stop().fulfil();
        return ExitCode.DONE;
    }

    private static NodeSetup read(ParseResult parsed, ConfDir where, Session session) {
        NodeSetup setup = NodeSetup.read(where, session.io().env(), settings -> settings(parsed, settings))
                .withLog(log -> logSettings(parsed, log));
        session.maskInLog(setup.configuration().secrets());
        return Options.has(parsed, CLUSTER) ? setup.clustered() : setup;
    }

    /** Reads the configuration again. The check for callers uses the address in use, because a reload does not change it. */
    private static NodeSetup readAgain(ParseResult parsed, ConfDir where, Session session, NodeSetup started) {
        NodeSetup setup = read(parsed, where, session);
        requireCallers(parsed, setup, openHost(started));
        return setup;
    }

    private static ServerSettings settings(ParseResult parsed, ServerSettings read) {
        ServerSettings settings = read;
        String host = parsed.matchedOptionValue(HOST, null);
        if (host != null) {
            settings = settings.atHost(host);
        }
        Integer port = parsed.matchedOptionValue(PORT, null);
        if (port != null) {
            settings = settings.atPort(within(PORT, port, 0, 65_535));
        }
        Integer workers = parsed.matchedOptionValue(WORKERS, null);
        if (workers != null) {
            settings = settings.withWorkers(within(WORKERS, workers, 1, MAX_WORKERS));
        }
        if (Options.has(parsed, OPEN)) {
            settings = settings.opened();
        }
        return Options.has(parsed, ACCESS_LOG) ? settings.withAccessLog() : settings;
    }

    private static int within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new UsageException(option + " must be from " + min + " to " + max);
        }
        return value;
    }

    private static void log(ParseResult parsed, LogSettings read, Session session) {
        LogSettings settings = logSettings(parsed, read);
        Log.apply(settings);
        session.saysInLog(settings.isJson());
    }

    private static LogSettings logSettings(ParseResult parsed, LogSettings read) {
        LogSettings settings = read;
        Optional<String> format = word(parsed, LOG_FORMAT, LogSettings.FORMATS);
        if (format.isPresent()) {
            settings = settings.withFormat(format.get());
        }
        Optional<String> level = word(parsed, LOG_LEVEL, LogSettings.LEVELS);
        return level.isPresent() ? settings.withLevel(level.get()) : settings;
    }

    private static Optional<String> word(ParseResult parsed, String option, List<String> words) {
        String value = parsed.matchedOptionValue(option, null);
        if (value == null) {
            return Optional.empty();
        }
        String word = value.toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw new UsageException(option + " must be one of " + String.join(", ", words));
        }
        return Optional.of(word);
    }

    /** Rejects serving other machines without callers, unless {@code --open} permits it. */
    private static void requireCallers(ParseResult parsed, NodeSetup setup, Optional<String> host) {
        if (!setup.callers().isEmpty() || host.isEmpty() || Options.has(parsed, OPEN)) {
            return;
        }
        throw new ProblemsException(
                List.of(
                        new Problem(
                                Position.start(setup.configuration()
                                        .dir()
                                        .resolve("muster.yaml")
                                        .toString()),
                                "no callers are configured, so anyone who reaches "
                                        + host.get()
                                        + " could run every plan: configure callers, serve 127.0.0.1, or use --open if that is intended")));
    }

    private static Optional<String> openHost(NodeSetup setup) {
        return setup.settings().isLoopback()
                ? setup.bus().tcp().filter(tcp -> !tcp.isLoopback()).map(BusSettings.Tcp::host)
                : Optional.of(setup.settings().host());
    }

    /**
     * The error of a node that cannot listen at its configured address, with advice.
     *
     * @param host the configured host
     * @param port the configured port
     * @param words the names of the options or settings for host and port
     */
    private static UsageException cannotListen(String host, int port, String words, Throwable why) {
        return new UsageException("cannot listen at " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port
                + ": " + why.getMessage() + "; " + advice(host, port, words));
    }

    private static String advice(String host, int port, String words) {
        if (!isOurs(host)) {
            return host + " is not an address of this machine: set " + words + " to one that is";
        }
        return "stop what listens there (ss -ltnp shows it), or set " + words + " to a free port; port 0 takes any"
                + (port > 0 && port < FIRST_FREE_PORT ? "; ports below 1024 are for privileged users" : "");
    }

    private static boolean isOurs(String host) {
        try {
            InetAddress address = InetAddress.getByName(host.replace("[", "").replace("]", ""));
            return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
