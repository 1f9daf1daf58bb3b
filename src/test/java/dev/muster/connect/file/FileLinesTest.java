package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Items;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as a list, and as a flow. */
class FileLinesTest extends FileBench {
    @Test
    void lines_giveAListOrFlow() throws IOException {
        file("x", "one\r\ntwo\n\nlast");
        assertThat(run("lines", "x")).isEqualTo(List.of("one", "two", "", "last"));
        assertThat(flow("lines", "x")).isEqualTo(List.of("one", "two", "", "last"));
    }

    @Test
    void lines_thatMatch() throws IOException {
        file("x", "ERROR a\nINFO b\nx ERROR\nERRO\nR\nERRORERROR\n");
        assertThat(run("lines", "x", "match", "ERROR")).isEqualTo(List.of("ERROR a", "x ERROR", "ERRORERROR"));
        assertThat(flow("lines", "x", "match", "/^ERR.*[a-z]$/")).isEqualTo(List.of("ERROR a"));
        assertThat(flow("lines", "x", "match", "R")).hasSize(5);
        assertThat(flow("lines", "x", "match", "nope")).isEmpty();
    }

    @Test
    void jsonLines_areValues() throws IOException {
        file("x", "{\"a\":1}\n\n[2]\n");
        assertThat(flow("lines", "x", "as", "json")).isEqualTo(List.of(Map.of("a", 1L), List.of(2L)));
        file("y", "1\nnope\n");
        assertThat(failure(ErrorType.FILE, "lines", "y", "as", "json")).contains("not JSON, at byte 2");
    }

    @Test
    void lines_acrossBuffersComeWholeAndInOrder() throws IOException {
        var random = new Random(7);
        List<String> lines = IntStream.range(0, 40_000)
                .mapToObj(i -> i + " ä".repeat(random.nextInt(30)) + (i % 3 == 0 ? " ERROR" : ""))
                .toList();
        file("x", String.join("\n", lines) + "\n");
        assertThat(flow("lines", "x")).isEqualTo(lines);
        assertThat(flow("lines", "x", "match", "ERROR"))
                .isEqualTo(lines.stream().filter(line -> line.contains("ERROR")).toList());
        assertThat(run("lines", "x", "match", "/ERROR$/"))
                .isEqualTo(lines.stream().filter(line -> line.contains("ERROR")).toList());
    }

    @Test
    void longLine_isALimitThatNamesItsSetting() throws IOException {
        file("x", "a\n" + "b".repeat(2 << 20) + "\nc\n");
        assertThat(failure(ErrorType.LIMIT, "lines", "x")).contains("at byte 2", "maxLine");
        file("y", "a\n" + "b".repeat(1_000_000) + "\nc\n");
        assertThat((List<?>) run("lines", "y")).hasSize(3);
    }

    @Test
    void manyLines_areALimitForAListButFlow() throws IOException {
        use(Folders.bounded(folder, 1 << 20, 1, 1 << 20, 10));
        file("x", "l\n".repeat(11));
        assertThat(failure(ErrorType.LIMIT, "lines", "x")).contains("more than 10 lines", "maxRows");
        assertThat(flow("lines", "x")).hasSize(11);
        use(Folders.bounded(folder, 10, 1, 1 << 20, 100));
        assertThat(failure(ErrorType.LIMIT, "lines", "x")).contains("maxRead");
    }

    @Test
    void fileThatGrowsWhileItIsRead_givesWhatWasThere() throws Exception {
        Path file = file("x", "one\ntwo");
        var source = Folders.readOnly(folder);
        try (var reader = new LineReader(source, "x", FileChannel.open(file), LineFilter.of(null), false)) {
            Files.writeString(file, " and more\nthree\n", StandardOpenOption.APPEND);
            var batch = new LineBatch();
            assertThat(reader.read(batch, () -> false)).isFalse();
            assertThat(batch.lines()).isEqualTo(List.of("one", "two"));
        }
    }

    @Test
    void fileThatShrinksWhileItIsRead_ends() throws Exception {
        Path file = file("x", "one\ntwo\n");
        try (var reader =
                new LineReader(Folders.readOnly(folder), "x", FileChannel.open(file), LineFilter.of(null), false)) {
            try (var truncated = new RandomAccessFile(file.toFile(), "rw")) {
                truncated.setLength(4);
            }
            var batch = new LineBatch();
            assertThat(reader.read(batch, () -> false)).isFalse();
            assertThat(batch.lines()).isEqualTo(List.of("one"));
        }
    }

    @Test
    void flow_thatIsLeftEarly_closesTheFile() throws IOException {
        file("x", "line\n".repeat(5_000));
        VerbCall call = call("lines", "x");
        Object first = rig.run(scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(Items::next)
                .map(item -> {
                    assertThat(connector.files().open()).isEqualTo(1);
                    return item.orElseThrow();
                }));
        assertThat(first).isEqualTo("line");
        assertThat(connector.files().open()).isZero();
    }

    @Test
    void flow_holdsOneBatchAtATime() throws IOException {
        file("x", "line\n".repeat(50_000));
        VerbCall call = call("lines", "x");
        rig.run(scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(Items::next)
                .compose(item -> scope.sleep(Duration.ofMillis(20)))
                .map(slept -> {
                    assertThat(pool.statistics().done()).isEqualTo(2);
                    assertThat(pool.statistics().running()).isZero();
                    return slept;
                }));
    }

    @Test
    void cancel_ofAFlow_closesTheFileBeforeTheTaskEnds() throws Exception {
        file("x", "line\n".repeat(500_000));
        VerbCall call = call("lines", "x");
        var flowing = new CountDownLatch(1);
        Task<?> task = rig.start(scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(Items::next)
                .compose(first -> {
                    flowing.countDown();
                    return scope.sleep(Duration.ofHours(1));
                }));
        flowing.await();
        assertThat(connector.files().open()).isEqualTo(1);
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(connector.files().open()).isZero();
        assertThat(connector.cancels()).containsEntry("logs", new Receipts.Statistics(1, 0, 0));
    }

    @Test
    void cancel_thatFindsTheOpeningDone_hasOneReceipt() throws Exception {
        file("x", "line\n");
        VerbCall call = call("lines", "x");
        Task<?> task = rig.start(scope -> {
            Future<Items<Object>> opening = connector.prepare(call).open(scope, Rig.arguments(call));
            // The loop is held here, so that it hears of the opening only after the cancel.
            while (connector.files().open() == 0) {
                Thread.onSpinWait();
            }
            scope.task().cancel(CancelReason.of("enough"));
            return opening.compose(Items::next);
        });
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(connector.files().open()).isZero();
        assertThat(connector.cancels()).containsEntry("logs", new Receipts.Statistics(1, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_inTheMiddleOfABatch_closesTheFile(boolean flows) throws Exception {
        // Lines of 32 MiB, and so many of them that reading takes longer than any pause of this thread.
        try (var sparse = new RandomAccessFile(folder.resolve("x").toFile(), "rw")) {
            for (long end = 32 << 20; end <= 64L << 30; end += 32 << 20) {
                sparse.seek(end - 1);
                sparse.write('\n');
            }
        }
        use(Folders.bounded(folder, 1 << 30, 1, 64 << 20, 1));
        VerbCall call = call("lines", "x", "match", "never");
        Body<Object> list = scope -> connector.prepare(call).run(scope, Rig.arguments(call));
        Body<Object> flow = scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(items -> items.next().map(x -> x));
        Task<?> task = rig.start(flows ? flow : list);
        Soon.until("the opening or the end", () -> connector.files().open() != 0 || task.isDone());
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(connector.files().open()).isZero();
        assertThat(connector.cancels()).containsEntry("logs", new Receipts.Statistics(1, 0, 0));
    }

    @Test
    void largeFile_flowsInConstantMemory() throws Exception {
        Path file = folder.resolve("x");
        try (var out = Files.newBufferedWriter(file)) {
            String block = ("2024-01-01 INFO something happened to somebody somewhere\n").repeat(1_000) + "ERROR x\n";
            for (long written = 0; written < 64 << 20; written += block.length()) {
                out.write(block);
            }
        }
        var source = Folders.readOnly(folder);
        long errors = 0;
        int most = 0;
        try (var reader = new LineReader(source, "x", FileChannel.open(file), LineFilter.of("ERROR"), false)) {
            for (boolean more = true; more; ) {
                var batch = new LineBatch();
                more = reader.read(batch, () -> false);
                errors += batch.lines().size();
                most = Math.max(most, batch.lines().size());
                assertThat(reader.bufferBytes()).isEqualTo(256 << 10);
            }
        }
        assertThat(errors)
                .isEqualTo(flow("lines", "x", "match", "ERROR").size())
                .isGreaterThan(1_000);
        assertThat(most).isLessThanOrEqualTo(1_000);
    }
}
