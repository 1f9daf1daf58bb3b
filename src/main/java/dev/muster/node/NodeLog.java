package dev.muster.node;

import dev.muster.config.Amounts;
import dev.muster.config.ProblemsException;
import dev.muster.web.ServerSettings;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines about the life of a node: its start and the result of each reload. */
final class NodeLog {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private NodeLog() {}

    /** Logs that the node serves at this port, with its version and sizes. */
    static void started(NodeSetup setup, Project project, int port) {
        LOG.info(
                "muster {} on JDK {}, {} with {}, serves {} with {}",
                Muster.version(),
                Runtime.version(),
                Transports.name(setup.settings()),
                Amounts.of(setup.settings().workers(), "event loop"),
                address(setup.settings(), port),
                amounts(setup, project));
    }

    /** Logs a successful reload and the changed settings that need a restart. */
    static void reloaded(NodeSetup setup, Project project, List<String> forRestart) {
        LOG.info("reloaded: {}", amounts(setup, project));
        if (!forRestart.isEmpty()) {
            LOG.warn("changed settings that need a restart: {}", String.join(", ", forRestart));
        }
    }

    /** Logs a failed reload; the deployment before it stays in use. */
    static void notReloaded(Throwable why) {
        if (why instanceof ProblemsException wrong) {
            wrong.problems().forEach(problem -> LOG.error("not reloaded: {}", problem));
        } else {
            LOG.error("not reloaded", why);
        }
    }

    static String address(ServerSettings settings, int port) {
        String host = settings.host();
        return "http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String amounts(NodeSetup setup, Project project) {
        return Amounts.of(project.plans().size(), "plan") + ", "
                + Amounts.of(project.sources().size(), "source") + ", "
                + Amounts.of(setup.callers().names().size(), "caller");
    }
}
