package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Connector;
import dev.muster.expr.Expressions;
import dev.muster.json.Json;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Plans over a fake verb on a loop with virtual time. After each run nothing may be left. */
final class Scenario {

    private static final Expressions EXPRESSIONS = new Expressions();

    final VirtualLoop loop;
    final Tasks tasks;
    final FakeWork work = new FakeWork();
    final List<Event> events = new ArrayList<>();
    private final Map<String, Program> programs = new HashMap<>();
    /** Whether whoever takes items has room for more values of an {@code each}. */
    Future<Void> room = Future.succeededFuture();

    private RunLimits limits = RunLimits.DEFAULTS;
    private MemoryBudget.Share memory = MemoryBudget.unbounded().share();

    private Scenario(VirtualLoop loop) {
        this.loop = loop;
        this.tasks = Tasks.on(loop);
    }

    static Scenario inOrder() {
        return new Scenario(VirtualLoop.inOrder());
    }

    static Scenario shuffled(long seed) {
        return new Scenario(VirtualLoop.shuffled(seed));
    }

    Scenario limits(RunLimits other) {
        limits = other;
        return this;
    }

    /** Has its runs borrow their memory there. */
    Scenario memory(MemoryBudget.Share other) {
        memory = other;
        return this;
    }

    /** Adds a plan that others may call. */
    Scenario plan(String text) {
        Program program = Program.prepare(parse(text), Map.of("work", (Connector) work), programs::get);
        programs.put(program.plan().name(), program);
        return this;
    }

    Plan parse(String text) {
        var verbs = new ArrayList<VerbSpec>(BuiltIn.words());
        verbs.add(work.words());
        var known = new Known(Map.of(), Set.of(), Set.of("inner", "outer", "self"), Set.of());
        return new PlanParser(new Language(verbs), EXPRESSIONS)
                .parse("test.yaml", text.getBytes(StandardCharsets.UTF_8), known);
    }

    /** Starts a plan and leaves time standing. */
    Run start(String text, Map<String, @Nullable Object> input, boolean sequential) {
        return start(
                text,
                input,
                new RunOptions(
                        sequential,
                        Map.of(),
                        null,
                        null,
                        Checkpoints.NOTHING,
                        events::add,
                        memory,
                        Duration.ZERO,
                        null));
    }

    /** Starts a plan for a caller who waits so long. */
    Run start(String text, Duration callers) {
        var deadline = new Deadline(loop.nanos() + callers.toNanos(), callers, "Muster-Deadline");
        return start(
                text,
                Map.of(),
                new RunOptions(
                        false,
                        Map.of(),
                        null,
                        null,
                        Checkpoints.NOTHING,
                        events::add,
                        memory,
                        Duration.ZERO,
                        deadline));
    }

    /** Starts a plan as part of a caller's trace. */
    Run start(String text, @Nullable String traceparent) {
        return start(text, Map.of(), new RunOptions(false, Map.of(), traceparent, "vendor=1", events::add));
    }

    private Run start(String text, Map<String, @Nullable Object> input, RunOptions options) {
        Program program = Program.prepare(parse(text), Map.of("work", (Connector) work), programs::get);
        Runner.Offload here = (scope, compute) -> Future.succeededFuture(compute.get());
        return new Runner(limits, here).start(tasks, program, input, options);
    }

    /** Starts a plan for a caller who takes items as it says. */
    Run start(String text, Function<Event.Item, Future<Void>> taking) {
        Program program = Program.prepare(parse(text), Map.of("work", (Connector) work), programs::get);
        var listener = new RunListener() {
            @Override
            public void event(Event event) {
                events.add(event);
            }

            @Override
            public boolean takesItems() {
                return true;
            }

            @Override
            public Future<Void> item(Event.Item item) {
                events.add(item);
                return taking.apply(item);
            }

            @Override
            public Future<Void> room() {
                return room;
            }
        };
        Runner.Offload here = (scope, compute) -> Future.succeededFuture(compute.get());
        return new Runner(limits, here).start(tasks, program, Map.of(), RunOptions.of(listener));
    }

    /** Runs a plan to its end. */
    Event.End run(String text) {
        return run(text, Map.of());
    }

    Event.End run(String text, Map<String, @Nullable Object> input) {
        return end(start(text, input, false));
    }

    Event.End end(Run run) {
        loop.run();
        return check(run);
    }

    /** After the end: nothing is left, and the end was told last. */
    Event.End check(Run run) {
        assertThat(run.end().isComplete()).as("the run has ended").isTrue();
        assertThat(tasks.statistics().live()).as("live tasks").isZero();
        assertThat(loop.readySteps()).as("ready steps").isZero();
        assertThat(loop.waitingTimers()).as("waiting timers").isZero();
        assertThat(work.running).as("running work").isZero();
        assertThat(events.get(events.size() - 1)).isInstanceOf(Event.End.class);
        return run.end().result();
    }

    /** The events as JSON, without times. */
    List<String> told() {
        return events.stream()
                .map(event -> Json.write(event.toValue())
                        .replaceAll("\"ms\":[0-9.E]+,?", "")
                        .replaceAll("\"run\":\"[0-9A-Z]{26}\"", "\"run\":\"R\""))
                .map(text -> text.replace(",}", "}"))
                .toList();
    }

    long millis() {
        return Duration.ofNanos(loop.nanos()).toMillis();
    }
}
