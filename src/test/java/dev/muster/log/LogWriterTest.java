package dev.muster.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogWriterTest {

    private static final Pattern MISSING = Pattern.compile("WARN .*: (\\d+) lines of the log are missing here");

    private final Gate gate = new Gate();
    private final LogWriter writer = new LogWriter(gate);

    /** A stream whose reader reads nothing at first, and then everything. */
    private static final class Gate extends OutputStream {
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch writing = new CountDownLatch(1);
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private int failures;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            writing.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (failures-- > 0) {
                throw new IOException("no space left on device");
            }
            read.write(bytes, from, length);
        }

        String text() {
            return read.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void readerWhoDoesNotRead_holdsNobody_andIsToldHowManyLinesAreMissing() throws Exception {
        int lines = 3 * LogWriter.BOUND_LINES;
        write(Level.INFO, "first");
        gate.writing.await();
        for (int i = 0; i < lines; i++) {
            write(Level.INFO, "line " + i);
        }
        gate.open.countDown();
        writer.whenIdle().get();
        write(Level.INFO, "last");
        assertThat(writer.flush(30_000)).isTrue();

        String text = gate.text();
        assertThat(text).startsWith("first\nline 0\nline 1\n").endsWith("\nlast\n");
        Matcher missing = MISSING.matcher(text);
        assertThat(missing.find()).isTrue();
        long written = text.lines().filter(line -> line.startsWith("line ")).count();
        assertThat(written + Long.parseLong(missing.group(1))).isEqualTo(lines);
        assertThat(missing.find()).isFalse();
    }

    @Test
    void hugeLines_areBoundedByTheirBytes() throws Exception {
        write(Level.INFO, "first");
        gate.writing.await();
        String huge = "x".repeat(60_000);
        for (int i = 0; i < 500; i++) {
            write(Level.INFO, huge);
        }
        gate.open.countDown();

        assertThat(writer.flush(30_000)).isTrue();
        assertThat((long) gate.text().length()).isLessThan(LogWriter.BOUND_BYTES + 2 * 60_000);
        assertThat(MISSING.matcher(gate.text()).find()).isTrue();
    }

    @Test
    void errors_areTakenWhereOthersAreNotAnyMore() throws Exception {
        write(Level.INFO, "first");
        gate.writing.await();
        for (int i = 0; i < 2 * LogWriter.BOUND_LINES; i++) {
            write(Level.WARN, "line " + i);
        }
        for (int i = 0; i < LogWriter.BOUND_LINES / 2; i++) {
            write(Level.ERROR, "error " + i);
            write(Level.INFO, "between");
        }
        gate.open.countDown();

        assertThat(writer.flush(30_000)).isTrue();
        assertThat(gate.text().lines().filter(line -> line.startsWith("error ")))
                .hasSize(LogWriter.BOUND_LINES / 2);
        assertThat(gate.text()).doesNotContain("between");
    }

    @Test
    void lineThatCannotBeWritten_isNotTheLast() throws Exception {
        gate.failures = 1;
        gate.open.countDown();
        write(Level.INFO, "into the void");
        writer.whenIdle().get();
        write(Level.INFO, "there is room again");

        assertThat(writer.flush(30_000)).isTrue();
        assertThat(gate.text()).isEqualTo("there is room again\n");
    }

    @Test
    void flush_waitsForSoLongAtMost() throws Exception {
        write(Level.INFO, "first");
        assertThat(writer.flush(20)).isFalse();
        gate.open.countDown();
        assertThat(writer.flush(30_000)).isTrue();
    }

    private void write(Level level, String line) {
        writer.write(level, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
