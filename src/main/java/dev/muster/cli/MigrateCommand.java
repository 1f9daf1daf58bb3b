package dev.muster.cli;

import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import dev.muster.config.Suggest;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.node.Project;
import dev.muster.node.Verbs;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.postgres.Migrations;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster migrate}: creates or updates the database schema of durable queues. */
public final class MigrateCommand implements Command {

    private static final String STATUS = "--status";
    private static final long MAX_TO_END_MILLIS = 1_000;

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Creates or upgrades the schema `muster` of durable queues in their databases. A node does the"
                                + " same when it starts; this command is for nodes without the permission to do so.",
                        "muster migrate",
                        "muster migrate --status",
                        "muster migrate catalog --conf deploy/conf",
                        "",
                        "Exit code: 0 if the schema is as this version needs it, 1 if not, 2 if the configuration is wrong.")
                .addOption(Options.conf())
                .addOption(Options.flag(STATUS, "Only lists the pending steps; exit code 1 if there are any."))
                .addPositional(PositionalParamSpec.builder()
                        .index("0..*")
                        .arity("0..*")
                        .paramLabel("SOURCE")
                        .type(String[].class)
                        .description("Sources of kind postgres; by default all that queues name as their store.")
                        .build());
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        List<String> named = List.of(parsed.matchedPositionalValue(0, new String[0]));
        try (Setup setup = Setup.read(Options.where(parsed).required(), session, List.of(), false)) {
            Project project = setup.project();
            List<String> sources = named.isEmpty() ? ofQueues(project) : named;
            if (sources.isEmpty()) {
                session.print("no queue has a database for its store: nothing to do");
                return ExitCode.DONE;
            }
            sources.forEach(source -> require(source, project));
            var verbs = new Verbs(
                    project.sources(),
                    setup.resources(),
                    project.configuration().dir(),
                    project.longestRun(),
                    new Problems());
            int code = ExitCode.DONE;
            for (String source : sources) {
                var migrations = new Migrations(setup.resources().vertx(), known(source, verbs.postgres()));
                code = Math.max(
                        code,
                        Options.has(parsed, STATUS)
                                ? status(source, migrations, session)
                                : apply(source, migrations, session));
            }
            return code;
        }
    }

    private static List<String> ofQueues(Project project) {
        return project.queues().values().stream()
                .filter(queue -> !queue.isMemory() && !queue.isElsewhere())
                .map(QueueSettings::store)
                .distinct()
                .toList();
    }

    private static int status(String source, Migrations migrations, Session session) throws InterruptedException {
        Migrations.Status status = got(session, migrations.status());
        session.print(source + "  step " + status.applied() + " of " + status.known()
                + (status.isNewer() ? ": created by a newer Muster" : ""));
        status.pending().forEach(name -> session.print("  to do  " + name));
        return status.isNewer() || !status.pending().isEmpty() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static int apply(String source, Migrations migrations, Session session) throws InterruptedException {
        Migrations.Status before = got(session, migrations.status());
        Migrations.Status after = got(session, migrations.apply());
        before.pending().forEach(name -> session.print("  done  " + name));
        session.print(source + "  step " + after.applied() + " of " + after.known() + ": up to date");
        return ExitCode.DONE;
    }

    /** Waits for a migration. After a stop request the connection closes, which rolls back the step under way. */
    private static <T> T got(Session session, Future<T> answer) throws InterruptedException {
        return session.awaitUnlessStopped(answer, MAX_TO_END_MILLIS);
    }

    private static void require(String source, Project project) {
        if (project.embedded().stream().map(SourceConfig::name).anyMatch(source::equals)) {
            throw new UsageException("the database of source " + source
                    + " is embedded: it lives and dies with its node, which makes the schema");
        }
    }

    private static PostgresSettings known(String source, Map<String, PostgresSettings> known) {
        PostgresSettings settings = known.get(source);
        if (settings == null) {
            throw new UsageException("there is no source \"" + source + "\" of kind " + PostgresSettings.KIND
                    + Suggest.didYouMean(source, known.keySet()));
        }
        return settings;
    }
}
