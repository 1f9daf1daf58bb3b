package dev.muster.connect.mongo;

import dev.muster.TestServers;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Yaml;
import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.connect.Rig;
import dev.muster.expr.Expression.Bindings;
import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.MusterException;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.Items;
import dev.muster.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A source of MongoDB on a loop, and steps written as in a plan, with an input. */
final class MongoRig implements AutoCloseable {
    static final String SOURCE = "db";
    private static final Expressions EXPRESSIONS = new Expressions();
    private static final Language LANGUAGE = new Language(List.of(MongoConnector.verbWords()));

    final Rig rig = new Rig();
    final MongoConnector connector;

    /** On a new database of the tests' server. */
    MongoRig() {
        this("mongo: '" + TestServers.mongo().freshDatabase() + "'");
    }

    /** With these words in {@code muster.yaml}. */
    MongoRig(String words) {
        var problems = new Problems();
        var settings = settings(words, problems);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems);
        }
        connector = new MongoConnector(List.of(settings));
    }

    static MongoSettings settings(String words, Problems problems) {
        try {
            var mapping = (Mapping) Yaml.read("muster.yaml", words.getBytes(StandardCharsets.UTF_8));
            return MongoSettings.read(SOURCE, new Fields(mapping, "source " + SOURCE, problems));
        } catch (ProblemsException e) {
            throw new AssertionError(e);
        }
    }

    /** The call of a step; all its words but the verb. */
    static VerbCall call(String words) {
        String plan = "plan: t\ninput: {a: any?, b: any?}\nsteps:\n  s:\n    mongo: db\n" + words.indent(4);
        var known = new Known(Map.of(SOURCE, "mongo"), Set.of(), Set.of(), Set.of());
        try {
            var parsed =
                    new PlanParser(LANGUAGE, EXPRESSIONS).parse("p.yaml", plan.getBytes(StandardCharsets.UTF_8), known);
            return (VerbCall) parsed.steps().get(0).action();
        } catch (ProblemsException e) {
            throw new AssertionError(String.join("; ", messages(e)), e);
        }
    }

    /** What is wrong with a step, without its place. */
    static List<String> problems(String words) {
        try {
            call(words);
            return List.of();
        } catch (AssertionError e) {
            return messages((ProblemsException) e.getCause());
        }
    }

    private static List<String> messages(ProblemsException e) {
        return e.problems().stream().map(Problem::toString).toList();
    }

    @Nullable
    Object run(String words) {
        return run(words, null);
    }

    /** The result of a step whose {@code input.a} is this. */
    @Nullable
    Object run(String words, @Nullable Object a) {
        return rig.run(body(words, a));
    }

    MusterException failure(String words, @Nullable Object a) {
        return (MusterException) rig.failureOf(body(words, a));
    }

    MusterException failure(String words) {
        return failure(words, null);
    }

    Task<@Nullable Object> start(String words) {
        return rig.start(body(words, null));
    }

    Body<@Nullable Object> body(String words, @Nullable Object a) {
        VerbCall call = call(words);
        Operation operation = connector.prepare(call);
        return scope -> operation.run(scope, arguments(call, a));
    }

    Body<Items<Object>> opening(String words) {
        VerbCall call = call(words);
        Operation operation = connector.prepare(call);
        return scope -> operation.open(scope, arguments(call, null));
    }

    static Arguments arguments(VerbCall call, @Nullable Object a) {
        var input = new LinkedHashMap<String, @Nullable Object>();
        input.put("a", a);
        Bindings bindings = name -> name.equals("input") ? input : null;
        var values = new LinkedHashMap<String, @Nullable Object>();
        call.values().forEach((word, template) -> values.put(word, template.evaluate(bindings)));
        return new Arguments(values, "run1", "t", "s");
    }

    /** All items of a flow. */
    static List<Object> all(Items<Object> items) {
        var all = new ArrayList<>();
        for (Optional<Object> next = Rig.await(items.next()); next.isPresent(); next = Rig.await(items.next())) {
            all.add(next.get());
        }
        return all;
    }

    MongoConnector.Statistics statistics() {
        return connector.statistics().get(SOURCE);
    }

    @Override
    public void close() {
        Rig.await(rig.tasks.close());
        Rig.await(connector.close());
        rig.close();
    }
}
