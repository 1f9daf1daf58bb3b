package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.config.SourceConfig;
import dev.muster.log.Heard;
import dev.muster.node.Embedding;
import dev.muster.task.CancelReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopTest {
    private final Stop stop = new Stop();

    @TempDir
    Path dir;

    @Test
    void ask_whenNobodyIsToBeTold_leavesNothingToWaitFor() {
        stop.tell(Duration.ofSeconds(9), reason -> {}).close();
        stop.ask(143, CancelReason.of("a test"));
        assertThat(stop.patience()).isEmpty();
    }

    @Test
    void ask_waitsForTheSlowestOfThoseWhoAreTold() {
        stop.tell(Duration.ofSeconds(2), reason -> {});
        stop.tell(reason -> {});
        stop.ask(143, CancelReason.of("a test"));
        assertThat(stop.patience()).contains(Duration.ofSeconds(2));
    }

    @Test
    void ask_waitsForTheTimeThatAListenerNeedsThen() {
        var time = new AtomicReference<>(Duration.ofSeconds(2));
        stop.tell(time::get, reason -> {});
        time.set(Duration.ofSeconds(7));
        stop.ask(143, CancelReason.of("a test"));
        assertThat(stop.patience()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void ask_whenAListenerThrows_tellsTheOthers(Class<? extends Throwable> failure) {
        var told = new ArrayList<CancelReason>();
        var reason = CancelReason.of("a test");
        stop.tell(why -> {
            if (failure == StackOverflowError.class) {
                throw new StackOverflowError("a test");
            }
            throw new IllegalStateException("a test");
        });
        stop.tell(told::add);
        try (Heard heard = Heard.of(Stop.class.getName())) {
            assertThat(stop.ask(143, reason)).isTrue();

            assertThat(told).containsExactly(reason);
            assertThat(heard.lines()).singleElement().asString().contains("a listener of the stop failed");
        }
    }

    @Test
    @Timeout(60)
    void ask_whileEmbeddedServersStart_interruptsAndClosesThem() throws IOException {
        Path conf = Files.createDirectories(dir.resolve("conf"));
        Files.writeString(conf.resolve("muster.yaml"), "sources: {a: {file: embedded}}\n");
        Path plan = Files.writeString(dir.resolve("p.yaml"), "plan: p\nsteps: {x: {file: a, read: b.txt}}\n");
        var starting = new NeverStarted(stop, new ArrayList<>());
        Called called = Called.with(
                "",
                stop,
                new ByteArrayOutputStream(),
                Edition.dev(starting, List::of),
                "run",
                plan.toString(),
                "--conf",
                conf.toString());
        assertThat(called.code()).as(called.err()).isEqualTo(143);
        assertThat(starting.trail()).containsExactly("interrupted", "close");
    }

    private record NeverStarted(Stop stop, List<String> trail) implements Embedding {
        @Override
        public Set<String> kinds() {
            return Set.of("file");
        }

        @Override
        public String placeholder(SourceConfig source) {
            return "somewhere";
        }

        @Override
        public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress)
                throws InterruptedException {
            stop.ask(143, CancelReason.of("stopped by a test"));
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                trail.add("interrupted");
                throw e;
            }
            return Map.of();
        }

        @Override
        public void close() {
            trail.add("close");
        }

        @Override
        public void kill() {
            trail.add("kill");
        }
    }
}
