package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.SourceConfig;
import dev.muster.json.Json;
import dev.muster.task.CancelReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path dir;

    private String conf = "";

    @BeforeEach
    void makeConfiguration() throws IOException {
        conf = Files.createDirectories(dir.resolve("conf/plans")).getParent().toString();
    }

    @Test
    void run_printsTheOutputAsOneLineOfJson() throws IOException {
        Called called = Called.with(
                "run",
                plan("p", "input: {n: integer}\nsteps: {a: {set: = input.n}}\noutput: {twice: '= a + a'}"),
                "--input",
                "{\"n\": 21}",
                "--conf",
                conf);
        assertThat(called.err()).contains("a  done  ").contains("p  done  ");
        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "{\"twice\":42}\n");
    }

    @Test
    void run_takesInputFromAFileAndPlanFromStandardInput() throws IOException {
        Path input = Files.writeString(dir.resolve("in.json"), "{\"n\": 1}");
        Called called = Called.with(
                "plan: p\ninput: {n: integer}\noutput: = input.n\n",
                new Stop(),
                "run",
                "-",
                "--input",
                "@" + input,
                "--conf",
                conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "1\n");
    }

    @Test
    void run_thatFails_printsNothingOnStandardOutput() throws IOException {
        Called called = Called.with("run", plan("p", "steps: {a: {fail: no luck}}"), "--conf", conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(1, "");
        assertThat(called.err()).contains("p failed in step a after ").contains(": failed: no luck");
    }

    @Test
    void run_streamsItems_onlyWhereTheyAreTaken() throws IOException {
        Files.writeString(dir.resolve("log"), "one ERROR\ntwo\nthree ERROR\n");
        Files.writeString(dir.resolve("muster.yaml"), "sources: {logs: {file: .}}");
        String plan = plan("p", "steps: {a: {file: logs, lines: log, match: ERROR, stream: true}}\noutput: 1");
        assertThat(Called.with("run", plan, "--stream", "--conf", dir.toString())
                        .out()
                        .lines())
                .contains("{\"event\":\"item\",\"path\":\"a\",\"value\":\"three ERROR\"}");
        Called without = Called.with("run", plan, "--conf", dir.toString());
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err()).contains("run the plan with --stream");
    }

    @Test
    void planThatStreamsRows_cannotBeCalled() throws IOException {
        Files.writeString(dir.resolve("muster.yaml"), "sources: {db: {postgres: 'postgres://127.0.0.1:1/x'}}");
        Files.createDirectory(dir.resolve("plans"));
        Files.writeString(
                dir.resolve("plans/rows.yaml"),
                "plan: rows\nsteps: {all: {postgres: db, sql: select 1, rows: stream}}\n");
        Called called = Called.with("check", plan("p", "steps: {a: {plan: rows}}"), "--conf", dir.toString());
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("p.yaml:2:").contains("the rows of all in plan rows go to the stream");
    }

    @Test
    void run_streams_printsEventsUpToTheEnd() throws IOException {
        Called called = Called.with(
                "run", plan("p", "steps: {a: {set: 1}, b: {after: [a], fail: x}}"), "--stream", "--conf", conf);
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.out().lines().map(line -> String.valueOf(((Map<?, ?>) Json.parse(line)).get("event"))))
                .containsExactly("start", "step", "step", "end");
    }

    @Test
    void run_inSequence_takesOneStepAtATime() throws IOException {
        Called called = Called.with(
                "run",
                plan("p", "steps: {a: {sleep: 60ms}, b: {sleep: 60ms}}"),
                "--sequential",
                "--stream",
                "--conf",
                conf);
        assertThat(called.code()).isZero();
        var end = (Map<?, ?>) Json.parse(called.out().lines().toList().get(3));
        assertThat(((Number) end.get("ms")).doubleValue()).isGreaterThanOrEqualTo(119);
        assertThat(called.err()).contains("one step at a time");
    }

    @Test
    void run_input_thatDoesNotFit_saysAllProblems() throws IOException {
        Called called = Called.with(
                "run",
                plan("p", "input: {n: integer, s: string}\noutput: 1"),
                "--input",
                "{\"n\": \"x\", \"u\": 1}",
                "--conf",
                conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(2, "");
        assertThat(called.err()).contains("input.n").contains("input.s").contains("input.u");
    }

    @Test
    void run_inputThatIsNoJson_saysWhere() throws IOException {
        Called called = Called.with("run", plan("p", "output: 1"), "--input", "{\"n\": ", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).startsWith("muster: --input:1:");
    }

    @Test
    void run_planThatIsWrong_saysAllProblemsWithTheirPlaces() throws IOException {
        String file = plan("p", "steps: {a: {sett: 1}, b: {set: = nobody}}");
        Called called = Called.with("run", file, "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err().lines()).hasSizeGreaterThanOrEqualTo(2).allMatch(line -> line.startsWith(file + ":2:"));
    }

    @Test
    void run_callsPlansOfTheConfiguration() throws IOException {
        Files.writeString(
                dir.resolve("conf/plans/inner.yaml"), "plan: inner\ninput: {n: integer}\noutput: '= input.n + 1'\n");
        Called called =
                Called.with("run", plan("p", "steps: {a: {plan: inner, with: {n: 1}}}\noutput: = a"), "--conf", conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "2\n");
    }

    @Test
    void run_whenStoppedBefore_cancelsAndGivesItsCode() throws IOException {
        var stop = new Stop();
        stop.ask(143, CancelReason.of("stopped by a test"));
        Called called = Called.with("", stop, "run", plan("p", "steps: {a: {sleep: 1h}}"), "--conf", conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(143, "");
        assertThat(called.err()).contains("p cancelled").contains("stopped by a test");
    }

    @Test
    void run_whenStandardOutputIsClosed_endsQuietly() throws IOException {
        var closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Called called = Called.with(
                "",
                new Stop(),
                closed,
                Edition.PRODUCTION,
                "run",
                plan("p", "steps: {a: {sleep: 1h}}"),
                "--stream",
                "--conf",
                conf);
        assertThat(called).extracting(Called::code, Called::err).containsExactly(141, "");
    }

    @Test
    @Timeout(60)
    void run_whenNobodyReadsTheEvents_isCancelledAndCleansUp() throws IOException {
        Path told = dir.resolve("told.txt");
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "server: {limits: {cleanUp: 1m}}\nsources: {here: {file: " + dir + ", write: true}}\n");
        Called called = Called.with(
                "",
                new Stop(),
                new Unread(),
                Edition.PRODUCTION,
                "run",
                plan(
                        "p",
                        "steps:\n"
                                + "  a: {sleep: 1h, finally: {file: here, write: told.txt, content: cleaned up}}\n"
                                + "  b: {each: '= lists.range(20000)', do: {set: = item}}"),
                "--stream",
                "--conf",
                conf);
        assertThat(called.code()).as(called.err()).isEqualTo(1);
        assertThat(called.err())
                .contains("muster: standard output is not read: more than 16MiB or 10000 events wait for its reader")
                .contains("p cancelled");
        assertThat(told).hasContent("cleaned up");
    }

    @Test
    void run_masksSecrets() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"), "sources: {web: {http: 'http://127.0.0.1:1/${env:TEST_SECRET}'}}\n");
        Called called = Called.with(
                "run",
                plan("p", "steps: {a: {set: s3cret-word}, b: {http: web, get: /x, optional: true}}"),
                "--conf",
                conf);
        assertThat(called.out() + called.err()).contains("***").doesNotContain("s3cret-word");
    }

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

    @Test
    void check_withoutFiles_checksAllPlansOfTheConfiguration() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\noutput: 1\n");
        Files.writeString(dir.resolve("conf/plans/b.json"), "{\"plan\": \"b\", \"output\": 1}");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).as(called.err()).isZero();
        assertThat(called.out()).contains("plan a  ok").contains("plan b  ok").contains("2 plans: ok");
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
    void check_saysWhatIsWrongForServing() throws IOException {
        Path file = Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "server: {port: none}\ncallers:\n  ops: {key: hidden}\n  web: {key: 0123456789abcdef, may: {plans: [nix]}}\n");
        Files.writeString(dir.resolve("conf/plans/one.yaml"), "plan: one\nexpose: GET /same\noutput: 1");
        Files.writeString(dir.resolve("conf/plans/two.yaml"), "plan: two\nexpose: GET /same\noutput: 2");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains(file + ":1:16: port of the server must be")
                .contains(file + ":3:14: ")
                .contains("nix")
                .contains("answers the same requests");
    }

    @Test
    void server_unknownWord_isAProblem() throws IOException {
        Path file = Files.writeString(dir.resolve("conf/muster.yaml"), "server: {limit: {steps: 5}}\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains(file + ":1:10: unknown word \"limit\" in the server (did you mean \"limits\"?)");
    }

    @Test
    void check_twoPlansOfOneName_isAProblem() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\noutput: 1\n");
        Files.writeString(dir.resolve("conf/plans/b.yaml"), "plan: a\noutput: 2\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("b.yaml:1:7: the plan \"a\" is there twice");
    }

    @Test
    void check_plansThatCallEachOtherInACircle_namesThem() throws IOException {
        Files.writeString(dir.resolve("conf/plans/a.yaml"), "plan: a\nsteps: {x: {plan: b}}\n");
        Files.writeString(dir.resolve("conf/plans/b.yaml"), "plan: b\nsteps: {x: {plan: a}}\n");
        Called called = Called.with("check", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("a → b → a");
    }

    @Test
    void check_connect_reportsEachSource() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "sources:\n  here: {file: .}\n  gone: {file: nowhere, optional: true}\n  off: {http: 'http://127.0.0.1:1'}\n");
        Called called = Called.with("check", "--connect", "--conf", conf);
        assertThat(called.out())
                .contains(
                        "source here  ready\n",
                        "source gone  not ready (optional): ",
                        "source off  not ready: unavailable");
        assertThat(called.code()).isEqualTo(2);
    }

    @Test
    void check_connect_preparesTheNamedQueries() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "sources:\n  db: {postgres: '" + TestServers.postgres().uri() + "'}\n");
        Files.createDirectories(dir.resolve("conf/queries"));
        Path queries = dir.resolve("conf/queries/db.sql");
        Files.writeString(queries, "-- name: good\nselect 1\n");
        assertThat(Called.with("check", "--connect", "--conf", conf).out()).contains("source db  ready\n");
        Files.writeString(queries, "-- name: good\nselect 1\n-- name: bad\nselect nothing from nowhere\n");
        Called called = Called.with("check", "--connect", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.out())
                .contains(queries + ":3:1: query bad: ")
                .contains("(42P01): relation \"nowhere\" does not exist");
    }

    @Test
    void conf_thatIsNotThere_isAProblem() throws IOException {
        Called called = Called.with("check", "--conf", dir.resolve("nowhere").toString());
        assertThat(called).extracting(Called::code).isEqualTo(2);
        assertThat(called.err()).contains("there is no such folder");
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
    @ValueSource(strings = {"run", "compare", "check", "explain", "schema", "completion", "help"})
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

    private String plan(String name, String rest) throws IOException {
        return Files.writeString(dir.resolve(name + ".yaml"), "plan: " + name + "\n" + rest + "\n")
                .toString();
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
