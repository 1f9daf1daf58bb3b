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
import dev.muster.node.NodeLog;
import dev.muster.node.NodeSetup;
import dev.muster.node.Resources;
import dev.muster.node.Transports;
import dev.muster.web.ServerSettings;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
                .addOption(value(HOST, "HOST", String.class, "Where to listen, instead of server.host."))
                .addOption(value(PORT, "PORT", Integer.class, "The port, instead of server.port; 0 picks a free one."))
                .addOption(value(WORKERS, "N", Integer.class, "Event loops, instead of server.workers; one per core."))
                .addOption(Options.flag(
                        OPEN, "Accepts other machines, by any host name, although no callers are configured."))
                .addOption(Options.flag(CLUSTER, "Joins the cluster of the section cluster."))
                .addOption(
                        value(
                                LOG_LEVEL,
                                "LEVEL",
                                String.class,
                                "The level of Muster's own log, instead of server.log.level: off, error, warn, info, debug or trace."))
                .addOption(value(LOG_FORMAT, "FORMAT", String.class, "text or json, instead of server.log.format."))
                .addOption(Options.flag(ACCESS_LOG, "Logs each request."));
    }

    @Override
    public int run(ParseResult given, Session session) throws InterruptedException {
        session.writesLogAside();
        log(given, LogSettings.DEFAULTS, session);
        ConfDir where = Options.where(given).required();
        NodeSetup setup = read(given, where, session);
        requireCallers(given, setup, openHost(setup));
        log(given, setup.log(), session);
        Resources resources = Transports.open(setup).sized(setup.limits());
        try (Node service = Node.start(
                setup, () -> readAgain(given, where, session, setup), session.embedding(), session::say, resources)) {
            session.say("muster serves " + NodeLog.address(setup.settings(), service.port()));
            // The node logs the result of the reload.
            session.onHangUp(service::reload);
            try (var registration = session.stop().tell(service::longestDrain, reason -> {})) {
                session.stop().asked().join();
                service.drain();
            }
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof BridgeListenException bridge) {
                BusSettings.Tcp at = bridge.at();
                throw ListenFailure.of(at.host(), at.port(), "server.bridge.tcp", bridge);
            }
            if (e.getCause() instanceof IOException failure) {
                ServerSettings at = setup.settings();
                throw ListenFailure.of(
                        at.host(), at.port(), "--host and --port, or server.host and server.port,", failure);
            }
            throw e;
        }
        session.stop().fulfil();
        return ExitCode.DONE;
    }

    private static NodeSetup read(ParseResult given, ConfDir where, Session session) {
        NodeSetup setup = NodeSetup.read(where, session.shell().env(), settings -> settings(given, settings))
                .withLog(log -> logSettings(given, log));
        session.maskInLog(setup.configuration().secrets());
        return Options.has(given, CLUSTER) ? setup.clustered() : setup;
    }

    /** Reads the configuration again. The check for callers uses the address in use, because a reload does not change it. */
    private static NodeSetup readAgain(ParseResult given, ConfDir where, Session session, NodeSetup started) {
        NodeSetup setup = read(given, where, session);
        requireCallers(given, setup, openHost(started));
        return setup;
    }

    private static ServerSettings settings(ParseResult given, ServerSettings read) {
        ServerSettings settings = read;
        String host = given.matchedOptionValue(HOST, null);
        if (host != null) {
            settings = settings.atHost(host);
        }
        Integer port = given.matchedOptionValue(PORT, null);
        if (port != null) {
            settings = settings.atPort(within(PORT, port, 0, 65_535));
        }
        Integer workers = given.matchedOptionValue(WORKERS, null);
        if (workers != null) {
            settings = settings.withWorkers(within(WORKERS, workers, 1, MAX_WORKERS));
        }
        if (Options.has(given, OPEN)) {
            settings = settings.opened();
        }
        return Options.has(given, ACCESS_LOG) ? settings.withAccessLog() : settings;
    }

    private static int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UsageException(option + " must be from " + least + " to " + most);
        }
        return value;
    }

    private static void log(ParseResult given, LogSettings read, Session session) {
        LogSettings settings = logSettings(given, read);
        Log.apply(settings);
        session.saysInLog(settings.isJson());
    }

    private static LogSettings logSettings(ParseResult given, LogSettings read) {
        LogSettings settings = read;
        Optional<String> format = word(given, LOG_FORMAT, LogSettings.FORMATS);
        if (format.isPresent()) {
            settings = settings.withFormat(format.get());
        }
        Optional<String> level = word(given, LOG_LEVEL, LogSettings.LEVELS);
        return level.isPresent() ? settings.withLevel(level.get()) : settings;
    }

    private static Optional<String> word(ParseResult given, String option, List<String> words) {
        String value = given.matchedOptionValue(option, null);
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
    private static void requireCallers(ParseResult given, NodeSetup setup, Optional<String> host) {
        if (!setup.callers().isEmpty() || host.isEmpty() || Options.has(given, OPEN)) {
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

    private static OptionSpec value(String name, String label, Class<?> type, String about) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .description(about)
                .build();
    }
}
