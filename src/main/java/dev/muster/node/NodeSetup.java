package dev.muster.node;

import dev.muster.access.Callers;
import dev.muster.bus.BusSettings;
import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import dev.muster.log.LogSettings;
import dev.muster.web.Endpoints;
import dev.muster.web.ServerSettings;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a serving node, read completely before anything starts, so that all problems are reported
 * together. Immutable.
 *
 * @param configuration the configuration folder
 * @param limits the bounds of the node
 * @param settings the settings of the HTTP server
 * @param log the log settings
 * @param bus the settings of the event-bus bridges
 * @param cluster the cluster settings
 * @param callers the callers and their grants
 */
public record NodeSetup(
        Configuration configuration,
        Limits limits,
        ServerSettings settings,
        LogSettings log,
        BusSettings bus,
        ClusterSettings cluster,
        Callers callers) {

    private static final Set<String> OF_OTHERS = Set.of("jwt", "limits", "bridge");

    /**
     * Reads the configuration.
     *
     * @param env the environment variables by name; null for one that is not set
     * @param given applies the command-line options, which override the file
     * @throws ProblemsException with every problem of the configuration
     */
    public static NodeSetup read(
            ConfDir where, Function<String, @Nullable String> env, UnaryOperator<ServerSettings> given)
            throws ProblemsException {
        var problems = new Problems();
        Configuration configuration =
                Configuration.load(where.conf(), where.named(), Verbs.SOURCE_KINDS, env, problems);
        Fields server = server(configuration, problems);
        ServerSettings settings = given.apply(ServerSettings.read(server));
        LogSettings log = LogSettings.read(server);
        BusSettings bus = BusSettings.read(server, settings.host());
        server.unknownWords(OF_OTHERS);
        ClusterSettings cluster = ClusterSettings.read(configuration, problems);
        Callers callers = Callers.read(configuration, problems);
        try {
            Limits limits = Limits.read(configuration);
            problems.throwIfAny();
            return new NodeSetup(configuration, limits, settings, log, bus, cluster, callers);
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
            throw new ProblemsException(problems.list());
        }
    }

    /** A copy with changed log settings. */
    public NodeSetup withLog(UnaryOperator<LogSettings> other) {
        return new NodeSetup(configuration, limits, settings, other.apply(log), bus, cluster, callers);
    }

    /** A copy that joins the cluster. */
    public NodeSetup clustered() {
        return new NodeSetup(configuration, limits, settings, log, bus, cluster.switchedOn(), callers);
    }

    /**
     * Checks the parts of a project that only a serving node uses: the server's settings, callers and endpoints.
     *
     * @throws ProblemsException with every problem of these parts
     */
    public static void check(Project project) throws ProblemsException {
        var problems = new Problems();
        Configuration configuration = project.configuration();
        Fields server = server(configuration, problems);
        ServerSettings settings = ServerSettings.read(server);
        LogSettings.read(server);
        BusSettings.read(server, settings.host());
        server.unknownWords(OF_OTHERS);
        ClusterSettings.read(configuration, problems);
        checkGrants(Callers.read(configuration, problems), project, problems);
        Endpoints.of(project.plans().values(), problems);
        problems.throwIfAny();
    }

    /**
     * Reads and checks the plans.
     *
     * @param resources passed to the sources, which are not connected
     * @throws ProblemsException with every problem of every plan and source
     */
    Project project(Embedded embedded, Resources resources) throws ProblemsException {
        Project project = Project.read(
                configuration, limits, embedded, resources, new Expressions(limits.expressions()), List.of(), true);
        var problems = new Problems();
        checkGrants(callers, project, problems);
        problems.throwIfAny();
        return project;
    }

    private static Fields server(Configuration configuration, Problems problems) {
        Mapping none = Mapping.empty(Position.start("muster.yaml"));
        return new Fields(configuration.section("server").orElse(none), "the server", problems);
    }

    private static void checkGrants(Callers callers, Project project, Problems problems) {
        callers.checkGrants(project.plans().keySet(), project.queues().keySet(), problems);
    }
}
