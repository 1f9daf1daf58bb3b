package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that the command line names, and a configuration that is not there. */
@Timeout(60)
class SavedPlanTest extends CommandCase {

    @BeforeEach
    void savePlans() throws IOException {
        Files.writeString(dir.resolve("conf/plans/page.yaml"), "plan: page\noutput: saved\n");
        Files.writeString(
                dir.resolve("conf/plans/elsewhere.yml"), "plan: basket\nsteps: {a: {plan: page}}\noutput: = a\n");
    }

    @ParameterizedTest
    @CsvSource({"page", "basket"})
    void run_takesASavedPlanByItsName(String name) {
        Called called = Called.with("run", name, "--conf", conf);
        assertThat(called).extracting(Called::code, Called::out).containsExactly(0, "\"saved\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare", "check", "explain"})
    void otherCommands_takeASavedPlanToo(String command) {
        assertThat(Called.with(command, "basket", "--conf", conf).code()).isZero();
    }

    @Test
    void file_comesBeforeASavedPlanOfItsName() throws IOException {
        // A file of this very name, which no other test has, in the folder that the tests run in.
        Path file = Path.of("saved-plan-test-" + ProcessHandle.current().pid());
        Files.writeString(dir.resolve("conf/plans/f.yaml"), "plan: " + file + "\noutput: saved\n");
        assertThat(Called.with("run", file.toString(), "--conf", conf).out()).isEqualTo("\"saved\"\n");
        Files.writeString(file, "plan: other\noutput: file\n");
        try {
            assertThat(Called.with("run", file.toString(), "--conf", conf).out())
                    .isEqualTo("\"file\"\n");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void nameThatIsNoPlan_isSaidWithWhatThereIs() {
        Called called = Called.with("run", "paeg", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains("neither a file \"paeg\" nor a plan of this name")
                .contains("did you mean \"page\"?")
                .contains("basket, page");
    }

    @Test
    void nameOfAFile_isNoNameOfAPlan() {
        Called called = Called.with("run", "page.yaml", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).startsWith("page.yaml:1:1: ");
    }

    @Test
    void nameThatIsThereTwice_isRefused() throws IOException {
        Files.writeString(dir.resolve("conf/plans/z.json"), "{\"plan\": \"page\", \"output\": 1}");
        Called called = Called.with("run", "page", "--conf", conf);
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("exists twice").contains("page.yaml").contains("z.json");
    }

    @Test
    void completion_offersSavedPlansAndFiles() throws Exception {
        Files.writeString(dir.resolve("pagefile.yaml"), "");
        Path script = Files.writeString(
                dir.resolve("completion"), Called.with("completion", "bash").out());
        ShellCommand completed = ShellCommand.shell(
                "cd \"$1\"; source \"$2\"; COMP_WORDS=(muster run pa); COMP_CWORD=2; _complete_muster; printf '%s\\n' \"${COMPREPLY[@]}\";"
                        + " COMP_WORDS=(muster explain --conf = conf b); COMP_CWORD=5; _complete_muster; printf '%s\\n' \"${COMPREPLY[@]}\"",
                Map.of(), List.of(dir.toString(), script.toString()));
        assertThat(completed.out().lines()).containsExactly("page", "pagefile.yaml", "basket");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "check",
                "check page",
                "run page",
                "run PLAN",
                "explain PLAN",
                "compare PLAN",
                "migrate",
                "queue list",
                "queue list --url http://127.0.0.1:1"
            })
    void folderThatIsNamedAndNotThere_isAnError(String line) throws IOException {
        String plan = plan("p", "output: 1");
        String missing = dir.resolve("missing").toString();
        Called called = Called.with((line.replace("PLAN", plan) + " --conf " + missing).split(" "));
        assertThat(called).extracting(Called::code, Called::out).containsExactly(2, "");
        assertThat(called.err()).contains(missing).contains("folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check", "migrate"})
    void folderThatIsNotThere_isAnErrorForWhatNeedsIt(String command) throws Exception {
        ShellCommand called = ShellCommand.shell(
                "cd \"$1\" && shift && exec \"$@\"",
                Map.of(),
                List.of(
                        Files.createDirectory(dir.resolve("empty")).toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        command));
        assertThat(called.code()).as(called.err()).isEqualTo(2);
        assertThat(called.err())
                .contains("conf:1:1: there is no such configuration folder")
                .contains("--conf");
    }

    @Test
    void counts_areInTheSingularWhereThereIsOne() throws IOException {
        Called one = Called.with("check", plan("p", "output: 1"), "--conf", conf);
        assertThat(one.out()).contains("0 sources, 1 plan: ok");
        Files.writeString(dir.resolve("conf/muster.yaml"), "sources: {here: {file: .}}\n");
        assertThat(Called.with("check", "--conf", conf).out()).contains("1 source, 2 plans: ok");
    }
}
