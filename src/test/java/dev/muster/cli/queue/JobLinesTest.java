package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.log.Heard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class JobLinesTest {

    private static final int MAX_JOBS = 10;
    private static final long MAX_BYTES = 1 << 20;

    /** An input that cannot be read. */
    private static final class Broken extends InputStream {
        private final Throwable failure;

        Broken(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            if (failure instanceof IOException broken) {
                throw broken;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }

    static Stream<Throwable> failures() {
        return Stream.of(new IOException("no"), new IllegalStateException("no"), new StackOverflowError("no"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void take_ofAnInputThatFails_endsWithItsFailureAfterTheLinesBefore(Throwable failure) throws Exception {
        var before = new ByteArrayInputStream("1\n2\n".getBytes(StandardCharsets.UTF_8));
        var in = new SequenceInputStream(before, new Broken(failure));
        int taken = 0;
        try (Heard heard = Heard.of(JobLines.class.getName())) {
            JobLines lines = new JobLines(in, JobReading.NOTHING, MAX_JOBS, MAX_BYTES).start();
            for (List<JobLines.Line> some = lines.take(MAX_JOBS, MAX_BYTES);
                    !some.isEmpty();
                    some = lines.take(MAX_JOBS, MAX_BYTES)) {
                taken += some.size();
            }

            assertThat(taken).isEqualTo(2);
            assertThat(lines.wrong())
                    .hasMessageStartingWith("standard input cannot be read")
                    .hasMessageContaining("no");
        }
    }
}
