package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.Called;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands behind {@code queue}: words that are wrong, and their help. Nothing is reached. */
class QueueUsageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lst",
                "put mail",
                "put mail 1 -",
                "put mail 1 2 --unique u",
                "put mail {\"a\"",
                "put mail 1 --priority 1001",
                "put mail 1 --delay soon",
                "put mail @nowhere.json",
                "put no/name 1",
                "take mail --max 1001",
                "take mail --wait 6m",
                "take mail --follow",
                "show mail x",
                "show mail --state ded",
                "show mail --limit 3",
                "retry mail",
                "retry mail 1 --all",
                "cancel mail",
                "drain mail --timeout 1s",
                "list --url ftp://x",
                "list --key-file nowhere"
            })
    void words_thatAreWrong_areUsage(String words, @TempDir Path conf) throws Exception {
        Files.createDirectories(conf.resolve("plans"));
        Called called = Called.with(("queue " + words + " --conf " + conf).split(" "));

        assertThat(called).extracting(Called::code, Called::out).containsExactly(2, "");
        assertThat(called.err()).startsWith("muster: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "show", "put", "take", "retry", "cancel", "pause", "resume", "drain"})
    void help_ofEachCommand_hasExamplesAndSaysWhereQueuesAre(String command) {
        Called called = Called.with("queue", command, "--help");

        assertThat(called.code()).isZero();
        assertThat(called.out())
                .startsWith("usage: muster queue " + command)
                .contains("Examples:", "--url", "--key-file");
        assertThat(Called.with("help", "queue", command).out()).isEqualTo(called.out());
    }
}
