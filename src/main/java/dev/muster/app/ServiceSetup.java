package dev.muster.app;

import dev.muster.access.Callers;
import dev.muster.bus.BusSettings;
import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import dev.muster.web.Endpoints;
import dev.muster.web.ServerSettings;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A configuration as the service needs it, read without anything being started: everything that is wrong in any of its files is
 * said at once. Immutable.
 *
 * @param configuration the folder
 * @param limits the bounds that it sets
 * @param settings of the server
 * @param log of the log
 * @param bus the bridges to the event bus
 * @param cluster the cluster that it may join
 * @param callers who may
 */
record ServiceSetup(
        Configuration configuration,
        Limits limits,
        ServerSettings settings,
        LogSettings log,
        BusSettings bus,
        ClusterSettings cluster,
        Callers callers) {

    private static final Set<String> OF_OTHERS = Set.of("jwt", "limits", "bridge");

    /**
     * Reads it.
     *
     * @param given what the command line says of the server, which comes before the file
     * @throws ProblemsException with everything that is wrong
     */
    static ServiceSetup read(Where where, Shell shell, UnaryOperator<ServerSettings> given) throws ProblemsException {
        var problems = new Problems();
        Configuration configuration =
                Configuration.load(where.conf(), where.named(), Verbs.SOURCE_KINDS, shell.env(), problems);
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
            return new ServiceSetup(configuration, limits, settings, log, bus, cluster, callers);
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
            throw new ProblemsException(problems.list());
        }
    }

    /** The same with other settings of the log. */
    ServiceSetup withLog(UnaryOperator<LogSettings> other) {
        return new ServiceSetup(configuration, limits, settings, other.apply(log), bus, cluster, callers);
    }

    /** The same as a node of a cluster. */
    ServiceSetup clustered() {
        return new ServiceSetup(configuration, limits, settings, log, bus, cluster.switchedOn(), callers);
    }

    /**
     * Checks what of a project only the service uses: the server's settings, callers and endpoints.
     *
     * @throws ProblemsException with everything that is wrong
     */
    static void check(Project project) throws ProblemsException {
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
     * Reads and checks the plans too.
     *
     * @param resources for the sources, which are not connected
     * @throws ProblemsException with everything that is wrong in any plan or source
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
