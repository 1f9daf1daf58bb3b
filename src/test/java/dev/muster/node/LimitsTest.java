package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.Configuration;
import dev.muster.config.ProblemsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every bound is a setting with its documented default. */
class LimitsTest {

    @TempDir
    Path conf;

    private Limits read(String limits) throws IOException {
        Files.writeString(conf.resolve("muster.yaml"), "server:\n  limits: " + limits + "\n");
        return Limits.read(Configuration.load(conf, true, Set.of("http"), name -> null));
    }

    @Test
    void documentedDefaults_areTheDefaults() throws IOException {
        String page = Files.readString(Path.of("docs/configuration.md"));
        var block =
                Pattern.compile("(?s)```yaml\\nserver:\\n  limits:\\n(.*?)```").matcher(page);
        assertThat(block.find()).isTrue();
        String documented = block.group(1)
                .replaceAll(" *#.*", "")
                .replaceAll(
                        "cpuThreads: 2", "cpuThreads: " + Runtime.getRuntime().availableProcessors())
                .replaceAll(
                        "adhocThreads: 1",
                        "adhocThreads: " + Math.max(1, Runtime.getRuntime().availableProcessors() / 2))
                .replaceAll(" memory: 200MiB", " memory: " + heapShare() + "MiB");

        assertThat(read("\n" + documented)).isEqualTo(read("{}"));
    }

    /** 40 % of the heap, in whole MiB. */
    private static long heapShare() {
        return Runtime.getRuntime().maxMemory() / 100 * 40 >> 20;
    }

    @Test
    void runTime_isNoLongerThanTheLongestRun_andSomeTime() throws IOException {
        assertThat(read("{runTime: 15m}").run().runTime()).isEqualTo(Duration.ofMinutes(15));
        assertThat(read("{runTime: 1ms}").run().runTime()).isEqualTo(Duration.ofMillis(1));
        for (String wrong : new String[] {"901s", "16m", "8760h", "0s"}) {
            assertThatThrownBy(() -> read("{runTime: " + wrong + "}"))
                    .isInstanceOf(ProblemsException.class)
                    .hasMessageContaining("muster.yaml:2:")
                    .hasMessageContaining("runTime of limits of the server must be from 1ms to 15m, the longest run");
        }
    }

    @Test
    void boundsOnWork_areTaken() throws IOException {
        Limits limits = read(
                "{expressions: 5, visits: 2000, value: 3KiB, tasks: 4, memory: 7MiB, adhocThreads: 8, adhocWaiting: 9}");

        assertThat(limits.plan().expressions()).isEqualTo(5);
        assertThat(limits.expressions().visits()).isEqualTo(2_000);
        assertThat(limits.run().valueBytes()).isEqualTo(3 << 10);
        assertThat(limits.run().tasks()).isEqualTo(4);
        assertThat(limits.dispatch().memoryBytes()).isEqualTo(7 << 20);
        assertThat(limits.adhoc().threads()).isEqualTo(8);
        assertThat(limits.adhoc().waiting()).isEqualTo(9);
        assertThatThrownBy(() -> read("{memory: 1000GiB}")).hasMessageContaining("from 1MiB to the heap");
    }

    @Test
    void everyWord_isTaken() throws IOException {
        Limits limits = read("{steps: 5, stepNesting: 3, expression: 1KiB, iterations: 7, rangeItems: 8,"
                + " expressionResult: 2KiB, runTime: 3s, readerTime: 4s, output: 1MiB, eachItems: 9, planDepth: 2, cleanUp: 1s,"
                + " cpuThreads: 3, cpuWaiting: 4, blockingThreads: 5, blockingWaiting: 6, file: 3KiB}");

        assertThat(limits.plan().steps()).isEqualTo(5);
        assertThat(limits.plan().nesting()).isEqualTo(3);
        assertThat(limits.plan().fileBytes()).isEqualTo(3 << 10);
        assertThat(limits.plan().expressionChars()).isEqualTo(1 << 10);
        assertThat(limits.expressions().sourceChars()).isEqualTo(1 << 10);
        assertThat(limits.expressions().iterations()).isEqualTo(7);
        assertThat(limits.expressions().rangeItems()).isEqualTo(8);
        assertThat(limits.expressions().resultChars()).isEqualTo(2 << 10);
        assertThat(limits.run().runTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(limits.run().readerTime()).isEqualTo(Duration.ofSeconds(4));
        assertThat(limits.run().outputBytes()).isEqualTo(1 << 20);
        assertThat(limits.run().eachItems()).isEqualTo(9);
        assertThat(limits.run().planDepth()).isEqualTo(2);
        assertThat(limits.cleanUp()).isEqualTo(Duration.ofSeconds(1));
        assertThat(limits.cpu().threads()).isEqualTo(3);
        assertThat(limits.cpu().waiting()).isEqualTo(4);
        assertThat(limits.blocking().threads()).isEqualTo(5);
        assertThat(limits.blocking().waiting()).isEqualTo(6);
    }

    @Test
    void whatIsWrong_isSaidAtOnce() {
        assertThatThrownBy(() -> read("{stps: 5, output: 0B, eachItems: many}"))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("unknown word \"stps\" in limits of the server (did you mean \"steps\"?)")
                .hasMessageContaining("output of limits of the server must be from 1")
                .hasMessageContaining("eachItems of limits of the server must be a whole number");
    }
}
