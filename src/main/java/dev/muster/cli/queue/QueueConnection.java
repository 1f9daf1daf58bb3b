package dev.muster.cli.queue;

import dev.muster.cli.Options;
import dev.muster.cli.ProcessText;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Secrets;
import dev.muster.node.CloseSequence;
import dev.muster.node.ConfDir;
import dev.muster.node.Project;
import dev.muster.node.Resources;
import dev.muster.web.ServerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The connection of a command to its queues. With {@code --url} it uses the HTTP API of that node. Otherwise it opens
 * durable queues directly in their databases, and uses the HTTP API of the configured node for other queues.
 */
final class QueueConnection implements AutoCloseable {

    static final String URL = "--url";
    private static final String KEY_FILE = "--key-file";
    private static final String KEY_VARIABLE = "MUSTER_KEY";
    private static final int MAX_KEY_BYTES = 64 << 10;

    private final CloseSequence closeSequence;
    private final QueueAdmin admin;

    private QueueConnection(CloseSequence closeSequence, QueueAdmin admin) {
        this.closeSequence = closeSequence;
        this.admin = admin;
    }

    /** Adds the options that locate queues to a command. */
    static CommandSpec options(CommandSpec command) {
        return command.addOption(Options.value(
                        URL,
                        "URL",
                        String.class,
                        "The node, as http://host:port. Without it, durable queues are used in the databases that --conf"
                                + " names as stores, and other queues through the node at its server address."))
                .addOption(Options.conf())
                .addOption(Options.value(
                        KEY_FILE,
                        "FILE",
                        String.class,
                        "The file with the key of the caller, instead of the variable " + KEY_VARIABLE + "."));
    }

    /**
     * Reads the location of the queues and opens a connection.
     *
     * @throws UsageException if the address or the key is invalid
     * @throws dev.muster.plan.MusterException if a database cannot be reached, or its schema does not fit this version
     */
    static QueueConnection of(ParseResult parsed, Session session) throws InterruptedException {
        String url = parsed.matchedOptionValue(URL, null);
        if (url != null) {
            requireFolder(Options.where(parsed));
            return node(address(url), parsed, session);
        }
        Configuration configuration =
                Project.configuration(Options.where(parsed), session.io().env());
        session.maskInLog(configuration.secrets());
        Optional<NodeAddress> address = address(configuration);
        var named = NamedQueues.read(configuration, session.embedding(), address);
        Optional<NamedQueues.Wanted> wanted = named.wanted(QueueOptions.queueIfAny(parsed));
        if (wanted.isEmpty()) {
            return node(
                    address.orElseThrow(() -> new UsageException("server.port is 0 in " + configuration.dir()
                            + ", so the port of the node is not known here: give its address with " + URL)),
                    parsed,
                    session);
        }
        if (parsed.hasMatchedOption(KEY_FILE)) {
            throw new UsageException(KEY_FILE + " applies to a node only: give its address with " + URL);
        }
        return stores(wanted.get(), configuration, session);
    }

    QueueAdmin admin() {
        return admin;
    }

    @Override
    public void close() {
        closeSequence.close();
    }

    private static QueueConnection node(NodeAddress address, ParseResult parsed, Session session) {
        NodeCalls.Key key = key(parsed, session);
        Resources resources = session.startup().resources();
        CloseSequence closeSequence = resources.closeSequence();
        var admin = new HttpQueueAdmin(resources.vertx(), address, key);
        closeSequence.add("the connections", admin::close);
        return new QueueConnection(closeSequence, admin);
    }

    private static QueueConnection stores(NamedQueues.Wanted wanted, Configuration configuration, Session session)
            throws InterruptedException {
        wanted.elsewhere().ifPresent(session::say);
        Resources resources = session.startup().resources();
        CloseSequence closeSequence = resources.closeSequence();
        try {
            var queues = StoreQueues.open(wanted.queues(), wanted.sources(), session, closeSequence);
            String name = "the databases of " + configuration.dir();
            var admin = new StoreQueueAdmin(name, queues, resources.loop());
            closeSequence.add("whoever waits", admin::close);
            return new QueueConnection(closeSequence, admin);
        } catch (RuntimeException | InterruptedException e) {
            closeSequence.close();
            throw e;
        }
    }

    /** Requires a named configuration folder to exist, even if nothing in it is read. */
    private static void requireFolder(ConfDir where) {
        if (where.named() && !Files.isDirectory(where.conf())) {
            throw new UsageException("--conf: there is no folder " + where.conf());
        }
    }

    private static NodeAddress address(String url) {
        try {
            return NodeAddress.parse(url);
        } catch (IllegalArgumentException e) {
            throw new UsageException(URL + ": " + e.getMessage());
        }
    }

    /** The address at which the configured node listens; empty for port 0, which only the node knows. */
    private static Optional<NodeAddress> address(Configuration configuration) {
        var problems = new Problems();
        Mapping server = configuration
                .section("server")
                .orElseGet(
                        () -> Mapping.empty(Position.start(configuration.dir().toString())));
        ServerSettings settings = ServerSettings.read(new Fields(server, "the server", problems));
        problems.throwIfAny();
        return settings.port() == 0 ? Optional.empty() : Optional.of(NodeAddress.of(settings.host(), settings.port()));
    }

    private static NodeCalls.Key key(ParseResult parsed, Session session) {
        String file = parsed.matchedOptionValue(KEY_FILE, null);
        String variable = session.io().env().apply(KEY_VARIABLE);
        if (file == null && (variable == null || variable.isEmpty())) {
            return NodeCalls.Key.NONE;
        }
        String origin = file == null ? "the key in " + KEY_VARIABLE : "the key in " + file;
        String key = (file == null ? String.valueOf(variable) : read(file)).strip();
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new UsageException(origin + " is not a key: a key is one word of printable ASCII");
        }
        var secrets = new Secrets(Path.of("."), name -> null);
        secrets.add(key);
        session.maskInLog(secrets);
        return new NodeCalls.Key(key, origin);
    }

    private static String read(String file) {
        try (var in = Files.newInputStream(ProcessText.file(KEY_FILE, file))) {
            return new String(in.readNBytes(MAX_KEY_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageException(
                    KEY_FILE + ": " + file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
