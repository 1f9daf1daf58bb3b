package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes whose memory is exhausted, wherever that happens. */
@EnabledOnOs(OS.LINUX)
@Timeout(200)
class OutOfMemoryTest {
    private static final List<String> SMALL =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "-XX:MaxDirectMemorySize=8m");

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(
            value = MemoryHog.Place.class,
            names = {"LOOP_AND_NETTY_BUFFERS", "LOOP_AND_JDK_BUFFERS", "FULL_STANDARD_ERROR"},
            mode = EnumSource.Mode.EXCLUDE)
    void heapThatIsExhausted_endsTheProcess(MemoryHog.Place place) throws Exception {
        ShellCommand hog = hog(place);
        assertThat(hog.code()).as(hog.err()).isEqualTo(3);
        assertThat(hog.err())
                .contains("muster: out of memory: the heap is exhausted")
                .contains("exit code 3");
        assertThat(hog.out()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryHog.Place.class,
            names = {"LOOP_AND_NETTY_BUFFERS", "LOOP_AND_JDK_BUFFERS"})
    void directBuffersThatAreExhausted_endTheProcess(MemoryHog.Place place) throws Exception {
        ShellCommand hog = hog(place);
        assertThat(hog.code()).as(hog.err()).isEqualTo(3);
        assertThat(hog.err()).contains("muster: out of memory: the memory for direct buffers is exhausted");
    }

    @Test
    void command_whoseInputIsTooMuch_endsWithAMessage() throws Exception {
        Path plan = Files.writeString(dir.resolve("p.yaml"), "plan: p\ninput: {a: list}\noutput: = input.a\n");
        Path input = Files.writeString(dir.resolve("in.json"), "{\"a\": [" + "[1,2],".repeat(2_000_000) + "0]}");
        var options = new ArrayList<>(SMALL);
        ShellCommand run = ShellCommand.java(
                "", Map.of(), options, Main.class.getName(), "run", plan.toString(), "--input", "@" + input);
        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.said()).singleElement().asString().startsWith("muster: out of memory");
    }

    @Test
    void readerOfStandardErrorWhoDoesNotRead_doesNotHoldTheEndUp() throws Exception {
        // A pipe that is full already; its other end stays open and unread.
        ShellCommand hog = ShellCommand.java(
                "2> >(read -r -n 1 first <&0; exec tail -f /dev/null --pid=$$ <&0)",
                Map.of(),
                SMALL,
                MemoryHog.class.getName(),
                MemoryHog.Place.FULL_STANDARD_ERROR.name());
        assertThat(hog.code()).isEqualTo(3);
    }

    private static ShellCommand hog(MemoryHog.Place place) throws Exception {
        return ShellCommand.java("", Map.of(), SMALL, MemoryHog.class.getName(), place.name());
    }
}
