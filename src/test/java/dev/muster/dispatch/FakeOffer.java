package dev.muster.dispatch;

import dev.muster.access.Callers;
import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.expr.Expressions;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.Known;
import dev.muster.plan.Language;
import dev.muster.plan.PlanParser;
import dev.muster.run.BuiltIn;
import dev.muster.run.Program;
import dev.muster.run.RunLimits;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans of built-in verbs on one loop with virtual time. */
public final class FakeOffer implements Offer {

    public final VirtualLoop loop = VirtualLoop.inOrder();
    public final Tasks tasks = Tasks.on(loop);
    int uses;
    boolean isClosed;
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Runner runner = new Runner(RunLimits.DEFAULTS, (scope, work) -> Future.succeededFuture(work.get()));

    public FakeOffer plan(String text) {
        var parser = new PlanParser(new Language(BuiltIn.words(), List.of()), new Expressions());
        var known = new Known(Map.of(), Set.of(), Set.of(), Set.of("q"));
        Program program = Program.prepare(
                parser.parse("test.yaml", text.getBytes(StandardCharsets.UTF_8), known), Map.of(), programs::get);
        programs.put(program.plan().name(), program);
        return this;
    }

    public Program program(String name) {
        return programs.get(name);
    }

    @Override
    public Map<String, Program> programs() {
        return programs;
    }

    @Override
    public Callers callers() {
        return Callers.read(
                Configuration.load(Path.of("no-such-folder"), false, Set.of(), name -> null), new Problems());
    }

    @Override
    public Runner runner() {
        return runner;
    }

    @Override
    public Tasks tasks(Loop on) {
        return tasks;
    }

    @Override
    public Future<Program> adhoc(@Nullable Object plan) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Duration runTime() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Map<String, Boolean> needed() {
        return Map.of();
    }

    @Override
    public Future<@Nullable Void> ready(Scope scope, String source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Object masked(@Nullable Object value) {
        return value;
    }

    @Override
    public Buffer json(@Nullable Object value) {
        return Buffer.buffer(Json.writeBytes(value));
    }

    @Override
    public boolean tryEnter() {
        uses += isClosed ? 0 : 1;
        return !isClosed;
    }

    @Override
    public void left() {
        uses--;
    }
}
