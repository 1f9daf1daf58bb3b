package dev.muster.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.http.HttpSettings;
import dev.muster.expr.Expressions;
import dev.muster.loop.Loop;
import dev.muster.plan.Known;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.run.BuiltIn;
import dev.muster.run.Program;
import dev.muster.run.RunLimits;
import dev.muster.run.RunOptions;
import dev.muster.run.Runner;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks this process one question over HTTP before the first run begins, if a plan will ask any.
 *
 * <p>The first request of a process loads some hundred classes on the event loop. Inside a run that would count against the
 * time-outs of its steps: a service that answers in 40 ms would miss 300.
 */
final class HttpWarmth {

    private static final byte[] PLAN = "{plan: warm, timeout: 1s, steps: {a: {http: self, get: /}}}".getBytes(UTF_8);

    private HttpWarmth() {}

    /** Begins, or does nothing where no plan needs it. Completes in every case, soon. */
    static Future<?> start(Vertx vertx, List<PlanFile> files) {
        if (files.stream().noneMatch(file -> file.read() != null && asks(file.read()))) {
            return Future.succeededFuture();
        }
        var server = vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("content-type", "application/json")
                        .end("{\"a\":[1.5,true]}"));
        return server.listen(0, "127.0.0.1")
                .compose(listening -> ask(vertx, listening.actualPort()))
                .eventually(server::close)
                .otherwiseEmpty();
    }

    private static Future<?> ask(Vertx vertx, int port) {
        var mapping = (Mapping) Yaml.read("warm", ("{http: 'http://127.0.0.1:" + port + "'}").getBytes(UTF_8));
        var settings = HttpSettings.read(new Fields(mapping, "source self", new Problems()));
        var connector = new HttpConnector(vertx, Map.of("self", settings));
        var words = new ArrayList<>(BuiltIn.words());
        words.add(connector.words());
        Plan plan = new PlanParser(new Language(words, List.of()), new Expressions())
                .parse("warm", PLAN, new Known(Map.of("self", "http"), Set.of(), Set.of(), Set.of()));
        Program program = Program.prepare(plan, Map.of("http", connector), name -> null);
        Tasks tasks = Tasks.on(Loop.of(vertx));
        Future<Void> asked = Future.future(promise -> tasks.loop()
                .execute(() -> new Runner(RunLimits.DEFAULTS, (scope, work) -> Future.succeededFuture(work.get()))
                        .start(tasks, program, Map.of(), RunOptions.of(event -> {}))
                        .end()
                        .onComplete(end -> promise.complete())));
        return asked.eventually(tasks::close).eventually(connector::close);
    }

    private static boolean asks(Node node) {
        return node.match(
                scalar -> false,
                sequence -> sequence.items().stream().anyMatch(HttpWarmth::asks),
                mapping -> mapping.has("http")
                        || mapping.has("plan") && !mapping.has("steps")
                        || mapping.entries().stream().anyMatch(entry -> asks(entry.value())));
    }
}
