package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.connect.Connector;
import dev.muster.expr.Expressions;
import dev.muster.loop.Loop;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.Language;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbSpec;
import dev.muster.run.BuiltIn;
import dev.muster.run.Program;
import dev.muster.run.RunLimits;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans of built-in verbs, and others if they are given, on one loop with virtual time. */
public final class FakeDeployment implements Deployment {

    public final VirtualLoop loop;
    public final Tasks tasks;
    int uses;
    boolean isClosed;
    private final List<Connector> connectors;
    private final Map<String, Program> programs;
    private final Runner runner = new Runner(RunLimits.DEFAULTS, (scope, work) -> Future.succeededFuture(work.get()));

    public FakeDeployment() {
        this(VirtualLoop.inOrder(), List.of(), new LinkedHashMap<>());
    }

    private FakeDeployment(VirtualLoop loop, List<Connector> connectors, Map<String, Program> programs) {
        this.loop = loop;
        this.tasks = Tasks.on(loop);
        this.connectors = connectors;
        this.programs = programs;
    }

    /** One whose plans may have the verbs of these, too. */
    public static FakeDeployment with(Connector... connectors) {
        return new FakeDeployment(VirtualLoop.inOrder(), List.of(connectors), new LinkedHashMap<>());
    }

    /** The same plans on another loop. */
    public FakeDeployment on(VirtualLoop other) {
        return new FakeDeployment(other, connectors, programs);
    }

    public FakeDeployment plan(String text) {
        List<VerbSpec> verbs = new ArrayList<>(BuiltIn.words());
        connectors.forEach(connector -> verbs.add(connector.words()));
        var parser = new PlanParser(new Language(verbs), new Expressions());
        var known = new Known(Map.of(), Set.of(), Set.of(), Set.of("q"));
        Map<String, Connector> byVerb =
                connectors.stream().collect(Collectors.toMap(one -> one.words().verb(), one -> one));
        Program program = Program.prepare(
                parser.parse("test.yaml", text.getBytes(StandardCharsets.UTF_8), known), byVerb, programs::get);
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
    public Future<Program> adhoc(Object plan, Caller caller, Loop loop, Future<?> gone) {
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
    public boolean tryEnter() {
        uses += isClosed ? 0 : 1;
        return !isClosed;
    }

    @Override
    public void left() {
        uses--;
    }
}
