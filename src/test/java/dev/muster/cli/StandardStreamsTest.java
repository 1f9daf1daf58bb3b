package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are full, closed, or without a reader. Each command is a process of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(200)
class StandardStreamsTest extends CommandCase {
    private static final Map<String, String> NO_LOCALE = Map.of();

    @ParameterizedTest
    @ValueSource(strings = {"run", "run --stream", "compare", "check", "explain", "schema", "completion bash", "help"})
    void outputOnAFullDisk_isSaidAndFails(String line) throws Exception {
        ShellCommand full = muster(">/dev/full", line);
        assertThat(full.code()).as(full.err()).isEqualTo(1);
        assertThat(full.said()).anyMatch(said -> said.startsWith("muster: standard output cannot be written: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "explain", "schema"})
    void outputThatIsClosed_isSaidAndFails(String line) throws Exception {
        ShellCommand closed = muster(">&-", line);
        assertThat(closed.code()).as(closed.err()).isEqualTo(1);
        assertThat(closed.said()).contains("muster: standard output is closed");
    }

    @Test
    void outputWhoseReaderHasLeft_endsQuietly() throws Exception {
        Path code = dir.resolve("code");
        ShellCommand left = muster("| true; echo ${PIPESTATUS[0]} >" + code, "run --stream");
        assertThat(Files.readString(code).strip()).isIn("141", "0");
        ShellCommand read = muster("> >(exec head -c 1 >/dev/null)", "run --stream");
        assertThat(read.code()).as(read.err()).isIn(141, 0);
        assertThat(left.err() + read.err()).doesNotContain("cannot be written");
    }

    @Test
    void linesForPeopleOnAFullDisk_failToo() throws Exception {
        ShellCommand full = muster("2>/dev/full", "run");
        assertThat(full).extracting(ShellCommand::code, ShellCommand::out).containsExactly(1, "[0,1,2]\n");
    }

    @Test
    void linesForPeopleThatNobodyWants_areLeftOut() throws Exception {
        ShellCommand closed = muster("2>&-", "run");
        assertThat(closed).extracting(ShellCommand::code, ShellCommand::out).containsExactly(0, "[0,1,2]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run - ",
                "explain -",
                "check -",
                "run PLAN --input @-",
                "queue put q - --url http://127.0.0.1:9",
                "queue put q @- --url http://127.0.0.1:9"
            })
    void inputThatIsClosed_isSaidAsUsage(String line) throws Exception {
        ShellCommand closed = ShellCommand.muster("<&-", NO_LOCALE, words(line));
        assertThat(closed.code()).as(closed.err()).isEqualTo(2);
        assertThat(closed.out()).isEmpty();
        assertThat(closed.err()).contains("standard input is closed");
    }

    @Test
    void inputThatIsClosed_isNoMatterWhereNobodyReadsIt() throws Exception {
        assertThat(muster("<&-", "run").code()).isZero();
    }

    @Test
    void inputThatIsAFolder_isSaidAsUsage() throws Exception {
        ShellCommand folder = ShellCommand.muster("<" + dir, NO_LOCALE, words("run -"));
        assertThat(folder.code()).as(folder.err()).isEqualTo(2);
        assertThat(folder.err()).contains("stdin:1:1: cannot be read: ").doesNotContain("\tat ");
    }

    private ShellCommand muster(String redirections, String line) throws Exception {
        boolean takesPlan = line.startsWith("run")
                || line.startsWith("c") && !line.startsWith("completion")
                || line.startsWith("explain");
        return ShellCommand.muster(redirections, NO_LOCALE, words(takesPlan ? line + " PLAN --conf CONF" : line));
    }

    private String[] words(String line) throws Exception {
        String plan = plan("p", "steps: {a: {each: '= lists.range(3)', do: {set: = item}}}\noutput: = a");
        return line.strip().replace("PLAN", plan).replace("CONF", conf).split(" ");
    }
}
