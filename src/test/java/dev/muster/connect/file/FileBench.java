package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.Rig;
import dev.muster.connect.WorkPool;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.Items;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of a source, its connector, and a loop; after each test nothing is open. */
abstract class FileBench {
    @TempDir
    Path dir;

    final Rig rig = new Rig();
    final WorkPool pool = new WorkPool(PoolSettings.blocking());
    Path folder;
    FileConnector connector;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(dir.resolve("jail"));
        Files.writeString(dir.resolve("secret"), "secret");
        use(Folders.writable(folder));
    }

    void use(FileSettings settings) {
        connector = new FileConnector(List.of(settings), pool);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(connector.files().open()).isZero();
        assertThat(pool.statistics().running() + pool.statistics().waiting()).isZero();
        if (Files.isDirectory(Path.of("/proc/self/fd"))) {
            assertThat(openBelow(dir)).isEmpty();
        }
        Rig.await(pool.close(rig.loop));
        rig.close();
    }

    private static List<String> openBelow(Path dir) throws IOException {
        var open = new ArrayList<String>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : handles.toList()) {
                try {
                    String target = Files.readSymbolicLink(handle).toString();
                    if (target.startsWith(dir.toString())) {
                        open.add(target);
                    }
                } catch (IOException e) {
                    // It was the handle of this very listing.
                }
            }
        }
        return open;
    }

    Body<Object> body(Object... pairs) {
        VerbCall call = call(pairs);
        return scope -> connector.prepare(call).run(scope, Rig.arguments(call));
    }

    VerbCall call(Object... pairs) {
        var given = new HashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        return Rig.call(connector.words(), "logs", given);
    }

    Object run(Object... pairs) {
        return rig.run(body(pairs));
    }

    String failure(ErrorType type, Object... pairs) {
        Throwable thrown = rig.failureOf(body(pairs));
        assertThat(thrown).isInstanceOf(MusterException.class);
        assertThat(((MusterException) thrown).type()).as(thrown.getMessage()).isEqualTo(type);
        assertThat(thrown.getMessage()).doesNotContain(dir.toString());
        return thrown.getMessage();
    }

    Path file(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    List<Object> flow(Object... pairs) {
        VerbCall call = call(pairs);
        var all = new ArrayList<Object>();
        rig.run(scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(items -> drain(scope, items, all::add)));
        return all;
    }

    private static Future<Void> drain(Scope scope, Items<Object> items, Consumer<Object> into) {
        return Repeat.whileTrue(
                scope,
                () -> items.next().map(item -> {
                    item.ifPresent(into);
                    return item.isPresent();
                }));
    }

    List<String> problems(Object... pairs) {
        var problems = new Problems();
        connector.words().check().accept(call(pairs), problems);
        return problems.list().stream().map(Problem::message).toList();
    }
}
