package dev.muster.app;

import dev.muster.config.Amounts;
import dev.muster.config.ProblemsException;
import dev.muster.web.ServerSettings;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of the life of a node: which it is, where, with how much, and what became of a reload. */
final class ServiceNews {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private ServiceNews() {}

    /** It serves at this port. */
    static void started(ServiceSetup setup, Project project, int port) {
        LOG.info(
                "muster {} on JDK {}, {} with {}, serves {} with {}",
                Main.version(),
                Runtime.version(),
                Transports.name(setup.settings()),
                Amounts.of(setup.settings().workers(), "event loop"),
                address(setup.settings(), port),
                amounts(setup, project));
    }

    /** It offers now what was read, but for these settings. */
    static void reloaded(ServiceSetup setup, Project project, List<String> forRestart) {
        LOG.info("reloaded: {}", amounts(setup, project));
        if (!forRestart.isEmpty()) {
            LOG.warn("changed, but not before a restart: {}", String.join(", ", forRestart));
        }
    }

    /** It goes on with what it had. */
    static void notReloaded(RuntimeException why) {
        if (why instanceof ProblemsException wrong) {
            wrong.problems().forEach(problem -> LOG.error("not reloaded: {}", problem));
        } else {
            LOG.error("not reloaded", why);
        }
    }

    /** Where it is to be found. */
    static String address(ServerSettings settings, int port) {
        String host = settings.host();
        return "http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String amounts(ServiceSetup setup, Project project) {
        return Amounts.of(project.plans().size(), "plan") + ", "
                + Amounts.of(project.sources().size(), "source") + ", "
                + Amounts.of(setup.callers().names().size(), "caller");
    }
}
