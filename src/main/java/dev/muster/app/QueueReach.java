package dev.muster.app;

import dev.muster.app.desk.HttpDesk;
import dev.muster.app.desk.NodeAddress;
import dev.muster.app.desk.NodeKey;
import dev.muster.app.desk.QueueDesk;
import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Secrets;
import dev.muster.web.ServerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** How a command reaches the queues that it is about: today always over HTTP, at a node that runs. */
final class QueueReach implements AutoCloseable {

    private static final String URL = "--url";
    private static final String KEY_FILE = "--key-file";
    private static final String KEY_VARIABLE = "MUSTER_KEY";
    private static final int MOST_KEY_BYTES = 64 << 10;

    private final Closings closings = new Closings();
    private final QueueDesk desk;

    private QueueReach(Session session, NodeAddress address, NodeKey key) {
        Resources resources = session.opening().resources();
        closings.add("Vert.x", () -> resources.vertx().close());
        desk = new HttpDesk(resources.vertx(), address, key);
        closings.add("the connections", desk::close);
    }

    /** A command with the options that say where queues are. */
    static CommandSpec options(CommandSpec command) {
        return command.addOption(Options.value(
                        URL,
                        "URL",
                        String.class,
                        "The node, as http://host:port; else where server listens in --conf."))
                .addOption(Options.conf())
                .addOption(Options.value(
                        KEY_FILE,
                        "FILE",
                        String.class,
                        "The file that holds the key of the caller, instead of the variable " + KEY_VARIABLE + "."));
    }

    /**
     * Reads where they are, and opens what reaches them.
     *
     * @throws UsageException if the address or the key is none
     */
    static QueueReach of(ParseResult given, Session session) {
        return new QueueReach(session, address(given, session), key(given, session));
    }

    QueueDesk desk() {
        return desk;
    }

    @Override
    public void close() {
        closings.close();
    }

    private static NodeAddress address(ParseResult given, Session session) {
        String url = given.matchedOptionValue(URL, null);
        if (url != null) {
            try {
                return NodeAddress.parse(url);
            } catch (IllegalArgumentException e) {
                throw new UsageException(URL + ": " + e.getMessage());
            }
        }
        Configuration configuration = Project.configuration(Options.where(given), session.shell());
        session.mask(configuration.secrets());
        var problems = new Problems();
        Mapping server = configuration
                .section("server")
                .orElseGet(() -> Mapping.empty(
                        dev.muster.config.Position.start(configuration.dir().toString())));
        ServerSettings settings = ServerSettings.read(new Fields(server, "the server", problems));
        problems.throwIfAny();
        if (settings.port() == 0) {
            throw new UsageException("server.port is 0 in " + configuration.dir()
                    + ", so that only the node knows where it listens: say it with " + URL);
        }
        return NodeAddress.of(settings.host(), settings.port());
    }

    private static NodeKey key(ParseResult given, Session session) {
        String file = given.matchedOptionValue(KEY_FILE, null);
        String variable = session.shell().env().apply(KEY_VARIABLE);
        if (file == null && (variable == null || variable.isEmpty())) {
            return NodeKey.NONE;
        }
        String origin = file == null ? "the key in " + KEY_VARIABLE : "the key in " + file;
        String key = (file == null ? String.valueOf(variable) : read(file)).strip();
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new UsageException(origin + " is none: it is one word, of printable ASCII");
        }
        mask(key, session);
        return new NodeKey(key, origin);
    }

    private static void mask(@Nullable String key, Session session) {
        var secrets = new Secrets(Path.of("."), name -> null);
        secrets.add(String.valueOf(key));
        session.mask(secrets);
    }

    private static String read(String file) {
        try (var in = Files.newInputStream(Path.of(file))) {
            return new String(in.readNBytes(MOST_KEY_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageException(
                    KEY_FILE + ": " + file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
