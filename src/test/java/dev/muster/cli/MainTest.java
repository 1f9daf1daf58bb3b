package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.config.SourceConfig;
import dev.muster.json.Json;
import dev.muster.node.Embedding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of the command line, and the commands that need few. */
class MainTest extends CommandCase {

    @Test
    void compare_printsBothTimesAndTheSpeedUp() throws IOException {
        Called called = Called.with(
                "compare", plan("p", "steps: {a: {each: '= lists.range(30)', do: {sleep: 50ms}}}"), "--conf", conf);
        assertThat(called.err()).contains("one step at a time", "concurrently", "speed-up ", "×", "█");
        var value = (Map<?, ?>) Json.parse(called.out());
        // 1.5 s against 50 ms: it would take a pause of more than a second to hide that.
        assertThat(((Number) value.get("speedup")).doubleValue()).isGreaterThan(1.2);
        assertThat(value.get("same")).isEqualTo(true);
        assertThat(called.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run"})
    void sectionsThatNothingExecutes_areSaidAndDoNotFail(String command) throws IOException {
        Path file =
                Files.writeString(dir.resolve("conf/muster.yaml"), "queues: {}\nrates: {slow: {tokens: 1, per: 1s}}\n");
        Called called = Called.with(command, plan("p", "output: 1"), "--conf", conf);
        assertThat(called.code()).as(called.err()).isZero();
        assertThat(called.err().lines())
                .startsWith(file + ":2:1: rates are not used by this version")
                .noneMatch(line -> line.contains("queues"));
    }

    @Test
    void embedded_inTheProductionJar_saysWhereItExists() throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), "sources: {a: {http: embedded}}\n");
        Called called = Called.with("run", plan("p", "steps: {x: {http: a, get: /}}"), "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("muster.yaml:1:11").contains("`muster dev …`, target/muster-dev.jar");
    }

    @Test
    void embedded_inTheDevJar_isStartedForARunAndClosedAfterIt() throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), "sources: {a: {file: embedded}}\n");
        Files.writeString(dir.resolve("hello.txt"), "hello");
        var fake = new FakeEmbedding(dir);
        String file = plan("p", "steps: {x: {file: a, read: hello.txt}}\noutput: = x");
        var out = new ByteArrayOutputStream();
        Called called =
                Called.with("", new Stop(), out, Edition.dev(fake, List::of), "dev", "run", file, "--conf", conf);
        assertThat(called.code()).as(called.err()).isZero();
        assertThat(out).hasToString("\"hello\"\n");
        assertThat(fake.trail).containsExactly("start [a]", "close");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"serv", "queue", "--nope", "run", "run a b c", "run --conf", "completion fish", "help nothing"})
    void words_thatAreWrong_areUsage(String line) {
        Called called = Called.with(line.split(" "));
        assertThat(called).extracting(Called::code, Called::out).containsExactly(2, "");
        assertThat(called.err()).startsWith("muster: ");
    }

    @Test
    void command_misspelt_isSuggested() {
        assertThat(Called.with("chek").err()).contains("did you mean \"check\"?");
    }

    @Test
    void dev_inTheProductionJar_saysWhereItIs() {
        Called called = Called.with("dev", "run", "x.yaml");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("target/muster-dev.jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "compare", "check", "explain", "queue", "schema", "completion", "help"})
    void help_ofEachCommand_hasExamples(String command) {
        Called called = Called.with(command, "--help");
        assertThat(called.code()).isZero();
        assertThat(called.out()).startsWith("usage: muster " + command).contains("Examples:");
        assertThat(Called.with("help", command).out()).isEqualTo(called.out());
    }

    @Test
    void schema_isAJsonSchema() {
        assertThat(((Map<?, ?>) Json.parse(Called.with("schema").out())).get("$schema"))
                .isNotNull();
    }

    @Test
    void completion_isAScript() {
        assertThat(Called.with("completion", "bash").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("complete -F", "compopt -o default")
                .doesNotContain("compopt +o default");
    }

    @Test
    void run_leavesNoThreadBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Called.with("run", plan("p", "output: 1"), "--conf", conf);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && isOfVertx(thread)) {
                // A loop says that it has ended in the last instructions of its thread, not after them.
                thread.join(60_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private static boolean isOfVertx(Thread thread) {
        return thread.getName().startsWith("vert.x-eventloop")
                || thread.getName().startsWith("vertx-blocked-thread");
    }

    private record FakeEmbedding(Path folder, List<String> trail) implements Embedding {
        FakeEmbedding(Path folder) {
            this(folder, new ArrayList<>());
        }

        @Override
        public Set<String> kinds() {
            return Set.of("file");
        }

        @Override
        public String placeholder(SourceConfig source) {
            return "somewhere";
        }

        @Override
        public Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress) {
            trail.add("start " + sources.stream().map(SourceConfig::name).toList());
            return Map.of(sources.get(0).name(), folder.toString());
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
