package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the watch for exhausted memory does with other exceptions that nobody catches. */
@Timeout(120)
class MemoryEndTest {

    /** A process whose main thread throws. */
    static final class Failing {

        private Failing() {}

        public static void main(String[] args) {
            MemoryEnd.watch(() -> {});
            throw new IllegalStateException("nobody catches this");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void uncaughtException_withoutAnEarlierHandler_isPrintedWithItsTrace() throws Exception {
        ShellCommand failing =
                ShellCommand.java("", Map.of(), List.of("-XX:TieredStopAtLevel=1"), Failing.class.getName());

        assertThat(failing.code()).isEqualTo(1);
        assertThat(failing.err())
                .contains("Exception in thread \"main\" java.lang.IllegalStateException: nobody catches this\n\tat "
                        + Failing.class.getName());
    }

    @Test
    void uncaughtException_withAnEarlierHandler_goesThere() {
        var earlier = new ArrayList<Throwable>();
        var failure = new IllegalStateException("nobody catches this");
        MemoryEnd.handler((thread, thrown) -> earlier.add(thrown)).uncaughtException(Thread.currentThread(), failure);

        assertThat(earlier).containsExactly(failure);
    }
}
