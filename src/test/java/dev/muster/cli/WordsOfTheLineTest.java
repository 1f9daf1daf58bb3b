package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.node.Embedding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What words on the command line that do not go together, and words behind {@code dev}, come to. */
class WordsOfTheLineTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"run", "compare"})
    void planAndInputFromStandardInput_isAnError(String command) {
        Called called = Called.with("plan: p\noutput: 1", new Stop(), command, "-", "--input", "@-");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("only one of the plan (-) and the input (--input @-) can be standard input");
    }

    @Test
    void folderInsteadOfAPlanOrInput_isNamedAsOne() throws IOException {
        Called plan = Called.with("run", dir.toString());
        assertThat(plan.code()).isEqualTo(2);
        assertThat(plan.err()).startsWith(dir + ":1:1: ").contains("is a folder");
        Path file = Files.writeString(dir.resolve("p.yaml"), "plan: p\noutput: 1\n");
        Called input = Called.with("run", file.toString(), "--input", "@" + dir);
        assertThat(input.code()).isEqualTo(2);
        assertThat(input.err()).contains("--input: " + dir + " is a folder");
    }

    @Test
    @Timeout(60)
    void run_whoseDeadlinePasses_endsThoughNobodyReadsItsEvents() throws IOException {
        Path plan = Files.writeString(
                dir.resolve("p.yaml"), "plan: p\ntimeout: 50ms\nsteps: {q: {set: 1}, a: {sleep: 1h}}\n");
        Called called =
                Called.with("", new Stop(), new Unread(), Edition.PRODUCTION, "run", plan.toString(), "--stream");
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("p timedOut", "standard output is not read, and the deadline has passed");
    }

    @Test
    void devHelp_showsItsUsageAndItsOwnCommands() {
        assertThat(dev("dev", "--help")).startsWith("usage: muster dev [").contains("  own  ", "  run  ");
        assertThat(dev("dev", "own", "--help")).startsWith("usage: muster dev own");
        assertThat(dev("dev", "help", "own")).startsWith("usage: muster dev own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void devCompletion_completesDevAndItsOwnCommands(String shell) {
        assertThat(dev("dev", "completion", shell))
                .contains("local commands=\"run compare check explain serve migrate queue schema completion help dev\"")
                .contains("local commands=\"run compare check explain serve migrate queue schema completion help own\"")
                .contains("function _picocli_muster_dev_own()");
        assertThat(Called.with("completion", shell).out()).doesNotContain("muster_dev");
    }

    private static String dev(String... words) {
        var out = new ByteArrayOutputStream();
        Called called = Called.with("", new Stop(), out, Edition.dev(Embedding.NONE, () -> List.of(new Own())), words);
        assertThat(called.code()).as(called.err()).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private record Own() implements Command {
        @Override
        public String name() {
            return "own";
        }

        @Override
        public CommandSpec spec() {
            return Options.command("own", "Is there in this edition alone.");
        }

        @Override
        public int run(ParseResult given, Session session) {
            return ExitCode.DONE;
        }
    }
}
