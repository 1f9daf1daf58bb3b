package dev.muster.connect;

import dev.muster.config.Position;
import dev.muster.loop.Loop;
import dev.muster.plan.Option;
import dev.muster.plan.Template;
import dev.muster.plan.UriTemplate;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Body;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Vert.x with one loop on which a test runs tasks and waits for them. */
public final class Rig implements AutoCloseable {
    public final Vertx vertx = Vertx.vertx();
    public final Loop loop = Loop.of(vertx);
    public final Tasks tasks = Tasks.on(loop);

    /** Runs a body as a task and waits for its end. */
    public <T> T run(Body<T> body) {
        return await(tasks.start("test", body).future());
    }

    /** The failure of a body. */
    public <T> Throwable failureOf(Body<T> body) {
        return causeOf(tasks.start("test", body).future());
    }

    public <T> Task<T> start(Body<T> body) {
        return tasks.start("test", body);
    }

    public static Throwable causeOf(Future<?> future) {
        try {
            await(future);
        } catch (Throwable e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }

    public static <T> T await(Future<T> future) {
        var end = new CompletableFuture<AsyncResult<T>>();
        future.onComplete(end::complete);
        AsyncResult<T> ended;
        try {
            ended = end.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no end within 60 s", e);
        }
        if (ended.succeeded()) {
            return ended.result();
        }
        throw ended.cause() instanceof RuntimeException failure ? failure : new CompletionException(ended.cause());
    }

    /** A call as the parser would make it: literals by the words' types. */
    public static VerbCall call(VerbSpec words, String target, Map<String, Object> given) {
        Map<String, Object> literals = new HashMap<>();
        Map<String, Template> values = new HashMap<>();
        given.forEach((name, value) -> {
            Option word = words.word(name).orElseThrow(() -> new AssertionError("no word " + name));
            if (word.type() == Option.Type.URI && value instanceof String text) {
                literals.put(name, new FakeTemplate(text));
            } else if (word.isComputed()) {
                values.put(name, new Template.Literal(value));
            } else {
                literals.put(name, value);
            }
        });
        return new VerbCall(words, Position.start("plan.yaml"), target, literals, values);
    }

    /** The arguments that a run would compute for a call. */
    public static Arguments arguments(VerbCall call) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        call.values().forEach((name, template) -> values.put(name, ((Template.Literal) template).value()));
        return new Arguments(values, "run-1", "plan", "step");
    }

    @Override
    public void close() {
        await(tasks.close());
        await(vertx.close());
    }

    /** Simple expansion only. */
    private record FakeTemplate(String source) implements UriTemplate {
        private static final Pattern VARIABLE = Pattern.compile("\\{(\\+?)([^}]+)}");

        @Override
        public Set<String> variables() {
            return Set.of();
        }

        @Override
        public String expand(Function<String, @Nullable Object> values) {
            return VARIABLE.matcher(source).replaceAll(found -> {
                String value = String.valueOf(values.apply(found.group(2)));
                String text = found.group(1).isEmpty()
                        ? URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")
                        : value;
                return java.util.regex.Matcher.quoteReplacement(text);
            });
        }
    }
}
