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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/**
 * One question over HTTP to a socket of this process, while the command line and the configuration are still being read.
 *
 * <p>The first request of a process loads a thousand classes, much of it on the event loop. Inside a run that would count
 * against the time-outs of its steps: a service that answers in 40 ms would miss 300.
 */
final class HttpWarmth {

    private static final byte[] PLAN = "{plan: warm, timeout: 1s, steps: {a: {http: self, get: /}}}".getBytes(UTF_8);
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n[1.5,true]".getBytes(UTF_8);
    private static final int MOST_MILLIS = 2_000;

    private HttpWarmth() {}

    /** Whether a plan of these files may ask over HTTP. */
    static boolean isNeeded(List<PlanFile> files) {
        return files.stream().anyMatch(file -> file.read() != null && asks(file.read()));
    }

    /** Asks, on a loop of this Vert.x, and waits for the answer; never for long. */
    static void ask(Vertx vertx) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(MOST_MILLIS);
            Future<?> asked = run(vertx, socket.getLocalPort());
            try (var accepted = socket.accept()) {
                accepted.setSoTimeout(MOST_MILLIS);
                if (accepted.getInputStream().read(new byte[4096]) > 0) {
                    accepted.getOutputStream().write(ANSWER);
                }
                asked.toCompletionStage().toCompletableFuture().get(MOST_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            LoggerFactory.getLogger(HttpWarmth.class).debug("not warmed up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Future<?> run(Vertx vertx, int port) {
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
