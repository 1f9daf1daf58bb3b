package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.Soon;
import dev.muster.cli.Called;
import dev.muster.cli.Endless;
import dev.muster.cli.Gone;
import dev.muster.cli.Stop;
import dev.muster.task.CancelReason;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code queue put NAME -}: how lines come into a queue, and what is said of them when not all do. */
@Timeout(120)
@ParameterizedClass
@EnumSource(QueueRig.Way.class)
class QueuePutStreamTest {

    @Parameter
    QueueRig.Way way;

    /** What is read into one chunk of the input, in lines of these tests. */
    private static final long MAX_CHUNK_LINES = (64 << 10) / 2;

    @TempDir
    Path conf;

    private static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    private static Called put(QueueRig rig, String stdin, String... more) {
        var words = new ArrayList<>(List.of("put", "q", "-"));
        words.addAll(List.of(more));
        return rig.call(stdin, Map.of(), words.toArray(String[]::new));
    }

    private QueueRig rig(String settings) throws Exception {
        return new QueueRig(conf, way, "queues: {q: {store: memory, " + settings + "}}\n");
    }

    @Test
    void lines_areBodies_inTheirOrder() throws Exception {
        try (QueueRig rig = rig("size: 3000")) {
            Called called = put(rig, "\n" + numbers(1, 2_500) + "\r\n \"last\"", "--key", "k");

            assertThat(called)
                    .extracting(Called::code, Called::out, Called::err)
                    .containsExactly(0, "", "2501 put\n");
            for (int i = 0; i < 2_500; i += 500) {
                assertThat(QueueRig.bodies(rig.take("q", 500)))
                        .isEqualTo(IntStream.rangeClosed(i + 1, i + 500)
                                .mapToObj(String::valueOf)
                                .toList());
            }
            assertThat(rig.take("q", 5))
                    .singleElement()
                    .satisfies(job -> assertThat(job.get("body")).isEqualTo("last"));
        }
    }

    @Test
    void wholeJobs_sayThemselvesWhatTheyAre() throws Exception {
        try (QueueRig rig = rig("size: 10")) {
            Called called = put(
                    rig,
                    "{\"body\": 1, \"key\": \"own\", \"unique\": \"u\"}\n{\"body\": 2, \"priority\": 9}\n{\"body\": 1, \"unique\": \"u\"}\n",
                    "--jobs",
                    "--ids",
                    "--key",
                    "k");

            assertThat(called.err()).isEqualTo("2 put, 1 was there already\n");
            assertThat(called.out().lines())
                    .containsExactly(
                            "{\"line\":1,\"id\":\"1\"}",
                            "{\"line\":2,\"id\":\"2\"}",
                            "{\"line\":3,\"id\":\"1\",\"existing\":true}");
            assertThat(rig.take("q", 5)).extracting(job -> job.get("key")).hasToString("[k, own]");
        }
    }

    @Test
    void wrongLine_isNamed_andAllBeforeItAreIn() throws Exception {
        try (QueueRig rig = rig("size: 10")) {
            Called called = put(rig, "1\n\n2\n{\"x\": }\n4\n");

            assertThat(called.code()).isEqualTo(2);
            assertThat(called.err()).startsWith("2 put, go on from line 4\nmuster: stdin:4:");
            assertThat(rig.status("q").get("ready")).isEqualTo(2L);
            assertThat(put(rig, "{\"bodi\": 1}\n", "--jobs").err())
                    .contains("stdin:1: a job must be {body, key?, unique?, delay?, priority?}");
        }
    }

    @Test
    void refusedLine_isNamed_andTheOthersReadWithItAreIn() throws Exception {
        try (QueueRig rig = rig("size: 100, body: 100B")) {
            Called called = rig.call("put", "q", "1", "\"" + "x".repeat(100) + "\"", "3");

            assertThat(called.code()).isEqualTo(1);
            assertThat(called.err())
                    .contains("limit: line 2 is rejected: the body has 102 bytes", "2 put, go on from line 4");
            assertThat(rig.status("q").get("ready")).isEqualTo(2L);
        }
    }

    @Test
    void fullQueue_hasStandardInputReadNoFurther() throws Exception {
        try (QueueRig rig = rig("size: 50")) {
            var in = new Endless();
            var stop = new Stop();
            var out = new ByteArrayOutputStream();
            var called = CompletableFuture.supplyAsync(() -> rig.call(in, stop, out, "put", "q", "-"));
            for (long accepted = 50; accepted <= 250; accepted += 50) {
                long all = accepted;
                Soon.until("the accepted jobs", () -> rig.jobs("q") >= all);
                assertThat(in.lines()).isLessThanOrEqualTo(accepted + 2L * PutStream.MAX_JOBS + MAX_CHUNK_LINES);
                rig.take("q", 50);
            }
            Soon.until("the accepted jobs", () -> rig.jobs("q") >= 300);
            stop.ask(130, CancelReason.of("Ctrl-C"));

            assertThat(called.get().code()).isEqualTo(130);
            assertThat(called.get().err()).contains("300 put, go on from line 301");
            assertThat(in.lines()).isLessThanOrEqualTo(300 + 2L * PutStream.MAX_JOBS + MAX_CHUNK_LINES);
        }
    }

    @Test
    void queueThatStaysFull_isLeftAfterTheWait() throws Exception {
        try (QueueRig rig = rig("size: 2")) {
            Called called = put(rig, "1\n2\n3\n", "--wait", "0s");

            assertThat(called.code()).isEqualTo(1);
            assertThat(called.err()).contains("limit: the queue \"q\" is full", "2 put, go on from line 3");
        }
    }

    @Test
    void closedQueue_endsIt() throws Exception {
        try (QueueRig rig = rig("size: 2")) {
            rig.call("drain", "q");
            Called called = put(rig, "1\n2\n");

            assertThat(called.code()).isEqualTo(1);
            assertThat(called.err()).contains("conflict: the queue \"q\" is closed");
        }
    }

    @Test
    void lineThatIsRead_isPutAtOnce() throws Exception {
        try (QueueRig rig = rig("size: 10");
                var lines = new PipedOutputStream();
                var in = new PipedInputStream(lines)) {
            var called = CompletableFuture.supplyAsync(
                    () -> rig.call(in, new Stop(), new ByteArrayOutputStream(), "put", "q", "-"));
            for (int i = 1; i <= 3; i++) {
                lines.write((i + "\n").getBytes(StandardCharsets.US_ASCII));
                lines.flush();
                int written = i;
                Soon.until("the accepted jobs", () -> rig.jobs("q") >= written);
            }
            lines.close();
            assertThat(called.get().code()).isZero();
        }
    }

    @Test
    void stop_whileNothingIsRead_endsIt() throws Exception {
        try (QueueRig rig = rig("size: 10");
                var lines = new PipedOutputStream();
                var in = new PipedInputStream(lines)) {
            var stop = new Stop();
            lines.write("1\n".getBytes(StandardCharsets.US_ASCII));
            lines.flush();
            var called = CompletableFuture.supplyAsync(
                    () -> rig.call(in, stop, new ByteArrayOutputStream(), "put", "q", "-"));
            Soon.until("the accepted jobs", () -> rig.jobs("q") >= 1);
            stop.ask(130, CancelReason.of("Ctrl-C"));

            assertThat(called.get().code()).isEqualTo(130);
            assertThat(called.get().err()).contains("1 put, go on from line 2");
        }
    }

    @Test
    void readerOfIdsWhoLeaves_endsItAsOthersDo() throws Exception {
        try (QueueRig rig = rig("size: 100000")) {
            Called called = Called.with(
                    new Endless(),
                    new Stop(),
                    new Gone(),
                    Edition.PRODUCTION,
                    Map.of(),
                    rig.reaching("put", "q", "-", "--ids"));

            assertThat(called.code()).isEqualTo(141);
        }
    }
}
