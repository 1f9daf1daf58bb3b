package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.json.Json;
import dev.muster.task.CancelReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command {@code run}: its input, what it prints where, how it ends. */
class RunCommandTest extends CommandCase {

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
    void run_whenTheReaderHasLeft_endsQuietly() throws IOException {
        Called called = Called.with(
                "",
                new Stop(),
                new Gone(),
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
    void run_hidesSecretsWhereTheyArePutIn_andNeverInData() throws IOException {
        Files.writeString(
                dir.resolve("conf/muster.yaml"),
                "sources: {web: {http: 'http://${secret:TEST_SECRET}.invalid/'}, other: {http: 'http://127.0.0.1:1'}}\n");
        Called called = Called.with(
                "run",
                plan(
                        "p",
                        "steps:\n  a: {set: {s3cret-word: s3cret-word}}\n  b: {http: web, get: /x, optional: true}\n"
                                + "  c: {http: other, get: /s3cret-word, optional: true}"),
                "--conf",
                conf);
        assertThat(called.out()).contains("{\"s3cret-word\":\"s3cret-word\"}").doesNotContain("***");
        assertThat(called.err())
                .contains("the name of ***.invalid cannot be resolved")
                .contains("cannot connect to 127.0.0.1:1: connection refused")
                .doesNotContain("s3cret-word");
    }
}
