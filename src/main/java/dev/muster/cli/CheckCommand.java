package dev.muster.cli;

import dev.muster.config.Amounts;
import dev.muster.config.Durations;
import dev.muster.config.Problem;
import dev.muster.config.SourceConfig;
import dev.muster.loop.Loop;
import dev.muster.node.ConfDir;
import dev.muster.node.Engine;
import dev.muster.node.NodeSetup;
import dev.muster.node.Project;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster check}: checks the configuration and the plans and, with {@code --connect}, the sources. */
public final class CheckCommand implements Command {

    private static final String CONNECT = "--connect";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "check";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Reads the configuration and plans and reports everything that is wrong with them, without any"
                                + " input or output.",
                        "muster check",
                        "muster check --conf deploy/conf page.yaml",
                        "muster check --connect",
                        "",
                        "Exit code: 0, or 2 if anything is wrong or a required source does not respond.")
                .addOption(Options.conf())
                .addOption(Options.flag(CONNECT, "Checks that each source is ready, for at most 5 s."))
                .addPositional(Options.plans());
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        List<String> files = List.of(parsed.matchedPositionalValue(0, new String[0]));
        ConfDir where = files.isEmpty() ? Options.where(parsed).required() : Options.where(parsed);
        try (Setup setup = Setup.read(where, session, files, files.isEmpty())) {
            Project project = setup.project();
            session.say(project.configuration().secrets().warnings().stream()
                    .map(Problem::toString)
                    .toList());
            if (files.isEmpty()) {
                NodeSetup.check(project);
            }
            for (Plan plan : setup.plans()) {
                session.print("plan " + plan.name() + "  ok  " + plan.at().file());
            }
            session.print(Amounts.of(project.sources().size(), "source") + ", "
                    + Amounts.of(setup.plans().size(), "plan") + ": ok");
            return Options.has(parsed, CONNECT) ? connect(setup, session) : ExitCode.DONE;
        }
    }

    private static int connect(Setup setup, Session session) throws InterruptedException {
        try (Engine engine = setup.startAll()) {
            Loop loop = engine.resources().loop();
            Tasks tasks = engine.tasks(loop, Tasks.Options.defaults());
            Map<SourceConfig, Future<@Nullable String>> checks = new LinkedHashMap<>();
            for (SourceConfig source : setup.project().sources()) {
                checks.put(source, check(engine, tasks, source));
            }
            int code = ExitCode.DONE;
            try (var registration = session.stop().tell(setup.project().limits().cleanUp(), reason -> tasks.close())) {
                for (Map.Entry<SourceConfig, Future<@Nullable String>> entry : checks.entrySet()) {
                    String wrong = session.await(entry.getValue(), LIMIT.toMillis() + 3_000);
                    boolean optional = isOptional(entry.getKey());
                    session.print("source " + entry.getKey().name() + "  "
                            + (wrong == null ? "ready" : "not ready" + (optional ? " (optional)" : "") + ": " + wrong));
                    code = wrong == null || optional ? code : ExitCode.WRONG;
                }
            }
            return code;
        }
    }

    private static boolean isOptional(SourceConfig source) {
        return Boolean.TRUE.equals(source.mapping().toValue().get("optional"));
    }

    /** Starts the readiness check of a source. The result is null if the source is ready, otherwise the reason. */
    private static Future<@Nullable String> check(Engine engine, Tasks tasks, SourceConfig source) {
        Promise<@Nullable String> answer = Promise.promise();
        Task<@Nullable Void> task =
                tasks.start("check " + source.name(), scope -> engine.verbs().ready(scope, source.name()));
        task.withTimeout(LIMIT).onEnd(ended -> answer.complete(ended.outcome().isOk() ? null : why(ended.failure())));
        return answer.future();
    }

    private static String why(Throwable failure) {
        return failure instanceof MusterException error
                ? error.type().word() + ": " + error.detail()
                : failure instanceof TimedOutException
                        ? "no answer in " + Durations.human(LIMIT)
                        : String.valueOf(failure.getMessage());
    }
}
