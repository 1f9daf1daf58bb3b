package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.json.Json;
import dev.muster.loop.Nanos;
import dev.muster.node.Engine;
import dev.muster.node.PlanCalls;
import dev.muster.plan.Plan;
import dev.muster.run.Event;
import dev.muster.run.RunReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster compare}: runs one plan in sequence and concurrently and compares the times. */
public final class CompareCommand implements Command {

    @Override
    public String name() {
        return "compare";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Runs a plan one step at a time and then concurrently, and shows both times, the"
                                + " speed-up and both waterfalls on standard error. Standard output gets"
                                + " {sequential: {ms}, concurrent: {ms}, speedup, same, output} as JSON."
                                + " A plan without effects first runs once more, to warm up."
                                + " Steps with effects run twice.",
                        "muster compare page.yaml --input '{\"id\": 7}'",
                        "",
                        "Exit code: as for run.")
                .addPositional(Options.plan())
                .addOption(Options.input())
                .addOption(Options.conf())
                .addOption(Options.debug());
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        String file = parsed.matchedPositionalValue(0, "");
        InputText.requireOwnPlace(Options.input(parsed), file);
        try (Setup setup = Setup.read(Options.where(parsed), session, List.of(file), false)) {
            Object input = InputText.read(Options.input(parsed), session.io().in());
            Plan plan = setup.plan(input);
            try (Engine engine = setup.start()) {
                var run = new OneRun(session, engine, plan, input, true, Options.isDebug(parsed));
                if (!PlanCalls.hasEffects(plan, setup.project().plans())) {
                    // The first run of a process loads classes and opens connections.
                    session.say("one run to warm up, not counted");
                    run.quietly();
                }
                RunReport sequential = run.run(true, false);
                OneRun.show(session, sequential, ", one step at a time", true);
                if (!OneRun.isDone(sequential)) {
                    return ExitCode.FAILED;
                }
                RunReport concurrent = run.run(false, false);
                OneRun.show(session, concurrent, ", concurrently", true);
                return OneRun.isDone(concurrent) ? compare(session, sequential, concurrent) : ExitCode.FAILED;
            }
        }
    }

    private static int compare(Session session, RunReport before, RunReport after) {
        Event.End slow = Objects.requireNonNull(before.end());
        Event.End fast = Objects.requireNonNull(after.end());
        boolean same = Json.equal(slow.output(), fast.output());
        double speedup = Math.round(10.0 * slow.nanos() / Math.max(1, fast.nanos())) / 10.0;
        String times = session.style().unicode() ? "×" : "x";
        session.say(List.of(
                "one step at a time  " + human(slow),
                "concurrently        " + human(fast),
                session.style().bold("speed-up " + String.format(Locale.ROOT, "%.1f", speedup) + times)));
        if (!same) {
            session.say(session.style().yellow("the outputs differ") + ": standard output has the concurrent run's");
        }
        session.printJson(value(slow, fast, speedup, same));
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> value(Event.End slow, Event.End fast, double speedup, boolean same) {
        var value = new LinkedHashMap<String, @Nullable Object>();
        value.put("sequential", Map.of("ms", Nanos.toMillis(slow.nanos())));
        value.put("concurrent", Map.of("ms", Nanos.toMillis(fast.nanos())));
        value.put("speedup", speedup);
        value.put("same", same);
        value.put("output", fast.output());
        return value;
    }

    private static String human(Event.End end) {
        return Durations.human(Duration.ofNanos(end.nanos()));
    }
}
