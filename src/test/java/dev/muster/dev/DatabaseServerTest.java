package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.MusterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabaseServerTest {
    @TempDir
    private Path dir;

    @Test
    void serverThatEndsAtOnce_isUnavailableWithWhatItSaid_andTheFolderIsGone() throws Exception {
        var recipe = new Script("echo no room; exit 3");

        assertThatThrownBy(() -> LocalServer.start(recipe, Optional.empty(), line -> {}))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining(
                        "embedded Test does not start: Test ended while it started; its output:\n  no room");
        assertThat(recipe.folder.get()).doesNotExist();
    }

    @Test
    void interruptDuringTheStart_endsTheServer_andTheFolderIsGone() throws Exception {
        var recipe = new Script("exec sleep 3600");
        var ended = new AtomicReference<Throwable>();
        var thread = new Thread(() -> {
            try {
                LocalServer.start(recipe, Optional.empty(), line -> {});
            } catch (InterruptedException | RuntimeException e) {
                ended.set(e);
            }
        });
        thread.start();
        recipe.asked.await();
        thread.interrupt();
        thread.join();

        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        assertThat(recipe.folder.get()).doesNotExist();
    }

    @Test
    void takenPort_isTriedAgainWithAnother() throws Exception {
        var recipe = new Script("[ -e ../tried ] && echo ready && exec sleep 3600; touch ../tried; echo taken");

        try (DatabaseServer server = LocalServer.start(recipe, Optional.of(dir), line -> {})) {
            assertThat(server.uri("x"))
                    .startsWith("test://muster:muster@127.0.0.1:")
                    .endsWith("/x");
        }
    }

    @Test
    void programThatIgnoresItsSignal_isKilledAfterItsPatience() throws Exception {
        var plan = new Guarded.Plan(
                "Stubborn",
                List.of("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"),
                dir.resolve("gone"),
                Path.of("/dev/null"),
                "TERM",
                Duration.ofSeconds(1),
                "ready"::equals);
        Files.createDirectory(dir.resolve("gone"));
        Guarded guarded = Guarded.start(plan);
        guarded.awaitReady(Duration.ofSeconds(10));

        guarded.close();

        assertThat(dir.resolve("gone")).doesNotExist();
    }

    /** A shell script in the place of a server. */
    private static final class Script implements LocalServer.Recipe {
        private final String script;
        private final AtomicReference<Path> folder = new AtomicReference<>();
        private final CountDownLatch asked = new CountDownLatch(1);

        Script(String script) {
            this.script = script;
        }

        @Override
        public String what() {
            return "Test";
        }

        @Override
        public String kind() {
            return "test";
        }

        @Override
        public void unpack(Consumer<String> progress) {}

        @Override
        public void setUp(DataFolder given) throws java.io.IOException {
            folder.set(given.path());
            Files.createDirectory(given.data());
        }

        @Override
        public List<String> command(Path data, int port) {
            asked.countDown();
            return List.of("sh", "-c", "cd " + data + "; " + script);
        }

        @Override
        public boolean isReady(String line) {
            return line.equals("ready");
        }

        @Override
        public boolean isPortTaken(String output) {
            return output.contains("taken");
        }

        @Override
        public String stopSignal() {
            return "TERM";
        }

        @Override
        public String dropSignal() {
            return "KILL";
        }

        @Override
        public String firstDatabase() {
            return "first";
        }
    }
}
