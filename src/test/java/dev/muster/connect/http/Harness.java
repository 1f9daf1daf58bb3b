package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.connect.Operation;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Servers, a connector with one source named {@code shop}, and a loop; closing it checks that nothing is left. */
final class Harness implements AutoCloseable {

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
    final Tasks tasks = Tasks.on(Loop.of(vertx));
    private HttpConnector connector;

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("did not come about", e);
        }
    }

    static <T> T await(Future<T> future) {
        return await(future.toCompletionStage().toCompletableFuture());
    }

    HttpServer serve(Handler<HttpServerRequest> handler) {
        return serve(new HttpServerOptions(), handler);
    }

    HttpServer serve(HttpServerOptions options, Handler<HttpServerRequest> handler) {
        return await(vertx.createHttpServer(options.setHost("127.0.0.1").setPort(0))
                .requestHandler(handler)
                .listen());
    }

    /** A server that writes bytes of its own choice once it has seen a request. */
    NetServer serveRaw(Handler<NetSocket> handler) {
        return await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(handler)
                .listen());
    }

    /** Settings of the source, in pairs. */
    Harness source(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        // Under load a first handshake, or the way to a place, may take longer than the default of 5 s: no test shall
        // depend on that.
        for (String time : List.of("connectTimeout", "waitTimeout")) {
            if (!all.contains(time)) {
                all.addAll(List.of(time, "1m"));
            }
        }
        return source(settings(all.toArray(String[]::new)));
    }

    Harness source(HttpSettings settings) {
        connector = new HttpConnector(vertx, Map.of("shop", settings));
        return this;
    }

    /** A source with {@code http: any} whose names are resolved by somebody else. */
    Harness any(Function<String, Future<List<InetAddress>>> resolver, String... words) {
        var all = new ArrayList<>(List.of("http", "any", "connectTimeout", "1m", "waitTimeout", "1m"));
        all.addAll(List.of(words));
        connector = new HttpConnector(vertx, Map.of("shop", settings(all.toArray(String[]::new))), resolver);
        return this;
    }

    Harness source(HttpServer server, String... words) {
        return source(with("http://localhost:" + server.actualPort(), words));
    }

    Harness source(NetServer server, String... words) {
        return source(with("http://localhost:" + server.actualPort(), words));
    }

    private static String[] with(String address, String... words) {
        var all = new ArrayList<>(List.of("http", address));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    static HttpSettings settings(String... words) {
        var problems = new Problems();
        HttpSettings settings = HttpSettings.read(fields(problems, words));
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    /** Pairs; a dot in a name makes a map, a name with [] a list of what commas part. */
    static Fields fields(Problems problems, String... words) {
        var flat = new LinkedHashMap<String, Object>();
        for (int i = 0; i < words.length; i += 2) {
            int dot = words[i].indexOf('.');
            if (words[i].endsWith("[]")) {
                flat.put(words[i].substring(0, words[i].length() - 2), List.of(words[i + 1].split(", ?")));
            } else if (dot < 0) {
                flat.put(words[i], words[i + 1]);
            } else {
                @SuppressWarnings("unchecked")
                var inner = (Map<String, Object>)
                        flat.computeIfAbsent(words[i].substring(0, dot), key -> new LinkedHashMap<String, Object>());
                inner.put(words[i].substring(dot + 1), words[i + 1]);
            }
        }
        return new Fields(mapping(flat, 1), "the source \"shop\"", problems);
    }

    private static Mapping mapping(Map<String, Object> words, int firstLine) {
        var entries = new ArrayList<Mapping.Entry>();
        int line = firstLine;
        for (Map.Entry<String, Object> word : words.entrySet()) {
            line++;
            var at = new Position("muster.yaml", line, 20);
            Node value = node(word.getValue(), at);
            entries.add(new Mapping.Entry(Scalar.of(new Position("muster.yaml", line, 3), word.getKey()), value));
        }
        return new Mapping(new Position("muster.yaml", firstLine, 3), entries);
    }

    @SuppressWarnings("unchecked")
    private static Node node(Object value, Position at) {
        if (value instanceof String text) {
            return new Scalar(at, text, text, false);
        }
        return value instanceof List<?> list
                ? new Sequence(at, list.stream().map(item -> node(item, at)).toList())
                : mapping((Map<String, Object>) value, at.line() * 10);
    }

    HttpConnector connector() {
        return connector;
    }

    HttpConnector.Statistics statistics() {
        return connector.statistics().get("shop");
    }

    Task<Object> start(Step step) {
        return start(tasks, step);
    }

    Task<Object> start(Tasks tree, Step step) {
        Operation operation = connector.prepare(step.call(connector.words()));
        return tree.start("step", scope -> operation.run(scope, step.arguments()));
    }

    /** The result. */
    Object run(Step step) {
        return await(start(step).future());
    }

    /** The error. */
    MusterException fail(Step step) {
        return failure(start(step));
    }

    static MusterException failure(Task<?> task) {
        try {
            Object value =
                    task.future().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("it gave " + value);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(MusterException.class);
            return (MusterException) e.getCause();
        } catch (Exception e) {
            throw new AssertionError("did not end", e);
        }
    }

    @Override
    public void close() {
        await(tasks.close());
        if (connector != null) {
            HttpConnector.Statistics left = statistics();
            assertThat(left.openRequests()).as("open requests").isZero();
            assertThat(left.pool().inUse()).as("places in use").isZero();
            assertThat(left.pool().waiting()).as("waiting").isZero();
            await(connector.close());
        }
        await(vertx.close());
    }
}
