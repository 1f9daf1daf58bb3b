package dev.muster.access;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A folder with a configuration. */
final class Fixture {
    static final String KEY = "0123456789abcdef0123456789abcdef";

    private final Path dir;
    private final Map<String, String> env = new HashMap<>();

    Fixture(Path dir) {
        this.dir = dir;
    }

    Fixture env(String name, String value) {
        env.put(name, value);
        return this;
    }

    Fixture file(String name, String text) {
        try {
            Files.writeString(dir.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Configuration configuration(String yaml) {
        file("muster.yaml", yaml);
        return Configuration.load(dir, true, Set.of("http"), env::get);
    }

    /** The callers of a configuration that is right. */
    Callers callers(String yaml) {
        var problems = new Problems();
        Callers callers = Callers.read(configuration(yaml), problems);
        problems.throwIfAny();
        return callers;
    }

    /** What is wrong with one. */
    List<String> problems(String yaml) {
        var problems = new Problems();
        Callers.read(configuration(yaml), problems);
        return problems.list().stream()
                .map(Problem::toString)
                .map(it -> it.replace(dir + "/", ""))
                .toList();
    }

    static Caller identified(Callers callers, String key) {
        return ended(callers.identify("Bearer " + key));
    }

    /** The one that is identified, off this thread if it must be. */
    static Caller ended(Future<Caller> future) {
        await(future);
        if (future.failed() && future.cause() instanceof RuntimeException e) {
            throw e;
        }
        return future.result();
    }

    /** Why nobody was identified. */
    static String refusal(Future<Caller> future) {
        await(future);
        if (future.failed() && future.cause() instanceof UnidentifiedException e) {
            return e.detail();
        }
        throw new AssertionError("not refused: " + future);
    }

    private static void await(Future<Caller> future) {
        try {
            future.toCompletionStage()
                    .handle((caller, failure) -> caller)
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("nobody was identified, nor refused", e);
        }
    }
}
