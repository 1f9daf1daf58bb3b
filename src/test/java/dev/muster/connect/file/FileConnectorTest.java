package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.Rig;
import dev.muster.connect.WorkPool;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Items;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileConnectorTest {
    @TempDir
    Path dir;

    private final Rig rig = new Rig();
    private final WorkPool pool = new WorkPool(PoolSettings.blocking());
    private Path folder;
    private FileConnector connector;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(dir.resolve("jail"));
        Files.writeString(dir.resolve("secret"), "secret");
        use(FileSettings.of("logs", folder).writable());
    }

    private void use(FileSettings settings) {
        connector = new FileConnector(List.of(settings), pool);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(connector.statistics().open()).isZero();
        assertThat(pool.statistics().running() + pool.statistics().waiting()).isZero();
        if (Files.isDirectory(Path.of("/proc/self/fd"))) {
            assertThat(openBelow(dir)).isEmpty();
        }
        Rig.await(pool.close(rig.loop));
        rig.close();
    }

    private static List<String> openBelow(Path dir) throws IOException {
        var open = new ArrayList<String>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : handles.toList()) {
                try {
                    String target = Files.readSymbolicLink(handle).toString();
                    if (target.startsWith(dir.toString())) {
                        open.add(target);
                    }
                } catch (IOException e) {
                    // It was the handle of this very listing.
                }
            }
        }
        return open;
    }

    private Body<Object> body(Object... pairs) {
        VerbCall call = call(pairs);
        return scope -> connector.prepare(call).run(scope, Rig.arguments(call));
    }

    private VerbCall call(Object... pairs) {
        var given = new HashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        return Rig.call(connector.words(), "logs", given);
    }

    private Object run(Object... pairs) {
        return rig.run(body(pairs));
    }

    private String failure(ErrorType type, Object... pairs) {
        Throwable thrown = rig.failureOf(body(pairs));
        assertThat(thrown).isInstanceOf(MusterException.class);
        assertThat(((MusterException) thrown).type()).as(thrown.getMessage()).isEqualTo(type);
        assertThat(thrown.getMessage()).doesNotContain(dir.toString());
        return thrown.getMessage();
    }

    private Path file(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    private List<Object> flow(Object... pairs) {
        VerbCall call = call(pairs);
        var all = new ArrayList<Object>();
        rig.run(scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(items -> drain(scope, items, all::add)));
        return all;
    }

    private static Future<Void> drain(Scope scope, Items<Object> items, Consumer<Object> into) {
        return Repeat.whileTrue(
                scope,
                () -> items.next().map(item -> {
                    item.ifPresent(into);
                    return item.isPresent();
                }));
    }

    // ---- reading

    @Test
    void read_givesTextOrJson() throws IOException {
        file("a/b.json", "{\"x\": 1.10}");
        assertThat(run("read", "/a/b.json")).isEqualTo("{\"x\": 1.10}");
        assertThat(run("read", "a/b.json", "as", "json")).isEqualTo(Map.of("x", new java.math.BigDecimal("1.10")));
    }

    @Test
    void read_expandsAndDecodesTheTemplate() throws IOException {
        file("ä b.txt", "hi");
        assertThat(run("read", "{name}.txt", "args", Map.of("name", "ä b"))).isEqualTo("hi");
    }

    @Test
    void read_ofComputedPath_takesItAsItIs() throws IOException {
        file("50%20.txt", "hi");
        VerbCall call = new VerbCall(
                connector.words(),
                dev.muster.config.Position.start("p"),
                "logs",
                Map.of(),
                Map.of("read", new dev.muster.plan.Template.Literal("50%20.txt")));
        assertThat((Object) rig.run(scope -> connector.prepare(call).run(scope, Rig.arguments(call))))
                .isEqualTo("hi");
    }

    @Test
    void read_ofEmptyFile_isEmptyText() throws IOException {
        file("e", "");
        assertThat(run("read", "e")).isEqualTo("");
    }

    @Test
    void missingFile_isAFileError() {
        assertThat(failure(ErrorType.FILE, "read", "nope")).isEqualTo("logs: \"nope\" is not there");
        assertThat(failure(ErrorType.FILE, "lines", "a/b/nope")).contains("is not there");
    }

    @Test
    void partOfThePathThatIsAFile_isAFileError() throws IOException {
        file("a", "");
        assertThat(failure(ErrorType.FILE, "read", "a/b")).contains("a/b");
    }

    @Test
    void directory_isAFileError() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        assertThat(failure(ErrorType.FILE, "read", "d")).endsWith("is a folder");
        assertThat(failure(ErrorType.FILE, "write", "d", "content", "x")).endsWith("is a folder");
        assertThat(failure(ErrorType.FILE, "read", "/")).endsWith("names no file");
    }

    @Test
    void missingFolder_isAFileError() throws IOException {
        Files.delete(folder);
        assertThat(failure(ErrorType.FILE, "read", "x")).contains("the source's folder is not there");
        assertThat(rig.failureOf(scope -> connector.ready(scope, "logs"))).hasMessageContaining("is not there");
        Files.createDirectory(folder);
        rig.run(scope -> connector.ready(scope, "logs"));
    }

    @Test
    void deniedFile_isAFileErrorThatSaysSo() {
        var source = FileSettings.of("logs", folder);
        assertThat(FileErrors.io(source, "x", new AccessDeniedException("/secret/x"))
                        .detail())
                .contains("permission denied")
                .doesNotContain("/secret");
    }

    @Test
    void textThatIsNotUtf8_isAFileErrorWithThePosition() throws IOException {
        Files.write(folder.resolve("x"), new byte[] {'a', 'b', (byte) 0xff, 'c'});
        assertThat(failure(ErrorType.FILE, "read", "x")).endsWith("is not UTF-8, from byte 2 on");
        Files.write(folder.resolve("y"), "fine\nab\u00ff\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(failure(ErrorType.FILE, "lines", "y")).endsWith("is not UTF-8, from byte 7 on");
    }

    @Test
    void textWithReplacementCharacters_isNoError() throws IOException {
        file("x", "a\uFFFDb\n");
        assertThat(run("read", "x")).isEqualTo("a\uFFFDb\n");
        assertThat(run("lines", "x")).isEqualTo(List.of("a\uFFFDb"));
    }

    @Test
    void fileThatIsNoJson_isAFileErrorWithThePosition() throws IOException {
        file("x", "{\n\"a\": }");
        assertThat(failure(ErrorType.FILE, "read", "x", "as", "json")).contains("is not JSON: line 2");
    }

    @Test
    void largeFile_isALimitThatNamesItsSetting() throws IOException {
        use(FileSettings.of("logs", folder).bounds(3, 3, 10, 10));
        file("x", "1234");
        assertThat(failure(ErrorType.LIMIT, "read", "x")).contains("4 bytes", "at most 3", "maxRead");
    }

    @Test
    void pipe_isRefusedAndDoesNotHang() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("p").toString())
                        .start()
                        .waitFor())
                .isZero();
        for (String action : List.of("read", "lines")) {
            assertThat(failure(ErrorType.FILE, action, "p")).contains("no regular file");
        }
        for (String action : List.of("write", "append")) {
            assertThat(failure(ErrorType.FILE, action, "p", "content", "x")).contains("no regular file");
        }
    }

    // ---- the jail

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "a/../../secret",
                "..",
                "%2e%2e/secret",
                "..%2Fsecret",
                "%2e%2e%2fsecret",
                "a%2F..%2F..%2Fsecret",
                "x%00.txt",
                "..%5csecret",
                "%zz",
                "%",
                "%ff",
                "/../secret"
            })
    void pathOutside_isRefused(String path) throws IOException {
        Files.createDirectory(folder.resolve("a"));
        assertThat(failure(ErrorType.FILE, "read", path)).endsWith("is outside of the source's folder");
        assertThat(failure(ErrorType.FILE, "write", path, "content", "x"))
                .endsWith("is outside of the source's folder");
        assertThat(dir.resolve("secret")).hasContent("secret");
    }

    @Test
    void valueOutside_isRefused() {
        for (String template : List.of("{name}", "{+name}")) {
            for (String name : List.of("../secret", "..", "/../secret", "a\0b")) {
                assertThat(failure(ErrorType.FILE, "read", template, "args", Map.of("name", name)))
                        .endsWith("is outside of the source's folder");
            }
        }
    }

    @Test
    void absolutePath_isBelowTheFolder() {
        assertThat(failure(
                        ErrorType.FILE, "read", dir.resolve("secret").toString().replace(dir.toString(), "")))
                .contains("is not there");
    }

    @Test
    void linkOutside_isRefusedForEveryAction() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), dir.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("up"), dir);
        for (String path : List.of("link", "up/secret")) {
            for (String action : List.of("read", "lines")) {
                assertThat(failure(ErrorType.FILE, action, path)).contains("is outside");
            }
            for (String action : List.of("write", "append")) {
                assertThat(failure(ErrorType.FILE, action, path, "content", "x"))
                        .contains("is outside");
            }
        }
        assertThat(failure(ErrorType.FILE, "write", "up/new", "content", "x")).contains("is outside");
        assertThat(dir.resolve("secret")).hasContent("secret");
        assertThat(dir.resolve("new")).doesNotExist();
    }

    @Test
    void linkToNowhere_isRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), dir.resolve("new"));
        assertThat(failure(ErrorType.FILE, "append", "link", "content", "x")).contains("link to nowhere");
        assertThat(failure(ErrorType.FILE, "write", "link", "content", "x")).contains("link to nowhere");
        assertThat(dir.resolve("new")).doesNotExist();
    }

    @Test
    void linkInside_isFollowed() throws IOException {
        file("2024/app.log", "one\n");
        Files.createSymbolicLink(folder.resolve("current"), Path.of("2024"));
        Files.createSymbolicLink(folder.resolve("app.log"), folder.resolve("2024/app.log"));
        assertThat(run("read", "current/app.log")).isEqualTo("one\n");
        run("append", "app.log", "content", "two\n");
        assertThat(folder.resolve("2024/app.log")).hasContent("one\ntwo\n");
        run("write", "app.log", "content", "new");
        assertThat(folder.resolve("2024/app.log")).hasContent("new");
        assertThat(folder.resolve("app.log")).isSymbolicLink();
    }

    @Test
    void folderExchangedForALinkBetweenCheckAndOpening_neverLeadsOutside() throws Exception {
        file("a/x", "inside");
        Files.createDirectory(dir.resolve("out"));
        Files.writeString(dir.resolve("out/x"), "OUTSIDE");
        Path a = folder.resolve("a");
        Path real = folder.resolve("real");
        var stop = new java.util.concurrent.atomic.AtomicBoolean();
        var swapper = new Thread(() -> {
            while (!stop.get()) {
                try {
                    Files.move(a, real);
                    Files.createSymbolicLink(a, dir.resolve("out"));
                    Files.delete(a);
                    Files.move(real, a);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        swapper.start();
        try {
            for (int i = 0; i < 3_000; i++) {
                try (var channel =
                        new Jail(FileSettings.of("logs", folder), "a/x").read(List.of(Path.of("a"), Path.of("x")))) {
                    var bytes = java.nio.ByteBuffer.allocate(16);
                    channel.read(bytes);
                    assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8))
                            .isEqualTo("inside");
                } catch (IOException | MusterException e) {
                    // Not there at this moment, or found out.
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
    }

    // ---- writing

    @Test
    void write_makesAndReplacesTheWholeFile() throws IOException {
        assertThat(run("write", "x", "content", "grüß")).isEqualTo(Map.of("bytes", 6L));
        assertThat(folder.resolve("x")).hasContent("grüß");
        run("write", "x", "content", List.of(1L, "a"));
        assertThat(folder.resolve("x")).hasContent("[1,\"a\"]");
        run("write", "x", "content", "a", "as", "json");
        assertThat(folder.resolve("x")).hasContent("\"a\"");
        run("write", "x", "content", Map.of("base64", "AAEC"));
        assertThat(Files.readAllBytes(folder.resolve("x"))).containsExactly(0, 1, 2);
        assertThat(listing()).containsExactly("x");
    }

    @Test
    void write_keepsThePermissionsOfTheOldFile() throws IOException {
        Path file = file("x", "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        run("write", "x", "content", "new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void append_addsToTheEndOrMakesTheFile() {
        assertThat(run("append", "x", "content", "a\n")).isEqualTo(Map.of("bytes", 2L));
        run("append", "x", "content", "b\n");
        assertThat(folder.resolve("x")).hasContent("a\nb\n");
    }

    @Test
    void writeIntoAMissingFolder_isAFileError() {
        assertThat(failure(ErrorType.FILE, "write", "a/x", "content", "x")).contains("its folder is not there");
        assertThat(failure(ErrorType.FILE, "append", "a/x", "content", "x")).contains("its folder is not there");
    }

    @Test
    void contentThatIsTooLarge_isALimitAndNothingIsWritten() throws IOException {
        use(FileSettings.of("logs", folder).writable().bounds(3, 3, 10, 10));
        assertThat(failure(ErrorType.LIMIT, "write", "x", "content", "1234")).contains("maxWrite");
        assertThat(failure(ErrorType.LIMIT, "append", "x", "content", List.of(1L, 2L)))
                .contains("maxWrite");
        assertThat(listing()).isEmpty();
    }

    @Test
    void contentThatCannotBeSaid_isBadInput() {
        failure(ErrorType.BAD_INPUT, "write", "x", "content", "a\ud800b");
        failure(ErrorType.BAD_INPUT, "write", "x", "content", Map.of("base64", "%"));
    }

    @Test
    void sourceThatMayNotBeWritten_isDeniedAndAProblem() throws IOException {
        use(FileSettings.of("logs", folder));
        failure(ErrorType.DENIED, "write", "x", "content", "a");
        assertThat(problems("write", "x", "content", "a"))
                .singleElement()
                .asString()
                .contains("write: true");
    }

    @Test
    void writeThatIsStopped_leavesTheOldFileAndNoOther() throws Exception {
        file("x", "old");
        var writer = new WriteFile(FileSettings.of("logs", folder), "x");
        var asked = new int[1];
        assertThatCode(() -> writer.write(List.of(Path.of("x")), new byte[1 << 20], () -> asked[0]++ == 2))
                .isInstanceOf(InterruptedException.class);
        assertThat(folder.resolve("x")).hasContent("old");
        assertThat(listing()).containsExactly("x");
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    // ---- lines

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
        var random = new java.util.Random(7);
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
        use(FileSettings.of("logs", folder).bounds(1 << 20, 1, 1 << 20, 10));
        file("x", "l\n".repeat(11));
        assertThat(failure(ErrorType.LIMIT, "lines", "x")).contains("more than 10 lines", "maxRows");
        assertThat(flow("lines", "x")).hasSize(11);
        use(FileSettings.of("logs", folder).bounds(10, 1, 1 << 20, 100));
        assertThat(failure(ErrorType.LIMIT, "lines", "x")).contains("maxRead");
    }

    @Test
    void fileThatGrowsWhileItIsRead_givesWhatWasThere() throws Exception {
        Path file = file("x", "one\ntwo");
        var source = FileSettings.of("logs", folder);
        try (var reader =
                new LineReader(source, "x", java.nio.channels.FileChannel.open(file), LineFilter.of(null), false)) {
            Files.writeString(file, " and more\nthree\n", java.nio.file.StandardOpenOption.APPEND);
            var batch = new LineBatch();
            assertThat(reader.read(batch, () -> false)).isFalse();
            assertThat(batch.lines()).isEqualTo(List.of("one", "two"));
        }
    }

    @Test
    void fileThatShrinksWhileItIsRead_ends() throws Exception {
        Path file = file("x", "one\ntwo\n");
        try (var reader = new LineReader(
                FileSettings.of("logs", folder),
                "x",
                java.nio.channels.FileChannel.open(file),
                LineFilter.of(null),
                false)) {
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
                    assertThat(connector.statistics().open()).isEqualTo(1);
                    return item.orElseThrow();
                }));
        assertThat(first).isEqualTo("line");
        assertThat(connector.statistics().open()).isZero();
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
        assertThat(connector.statistics().open()).isEqualTo(1);
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(connector.statistics().open()).isZero();
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
        use(FileSettings.of("logs", folder).bounds(1 << 30, 1, 64 << 20, 1));
        VerbCall call = call("lines", "x", "match", "never");
        Body<Object> list = scope -> connector.prepare(call).run(scope, Rig.arguments(call));
        Body<Object> flow = scope -> connector
                .prepare(call)
                .open(scope, Rig.arguments(call))
                .compose(items -> items.next().map(x -> x));
        Task<?> task = rig.start(flows ? flow : list);
        while (connector.statistics().open() == 0 && !task.isDone()) {
            Thread.onSpinWait();
        }
        task.cancel(CancelReason.of("enough"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
        assertThat(connector.statistics().open()).isZero();
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
        var source = FileSettings.of("logs", folder);
        long errors = 0;
        int most = 0;
        try (var reader =
                new LineReader(source, "x", java.nio.channels.FileChannel.open(file), LineFilter.of("ERROR"), false)) {
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

    // ---- words

    private List<String> problems(Object... pairs) {
        var problems = new Problems();
        connector.words().check().accept(call(pairs), problems);
        return problems.list().stream().map(Problem::message).toList();
    }

    @Test
    void wordsThatDoNotGoTogether_areProblems() {
        assertThat(problems("read", "x", "content", "a")).hasSize(1);
        assertThat(problems("write", "x")).hasSize(1);
        assertThat(problems("read", "x", "match", "a")).hasSize(1);
        assertThat(problems("lines", "x", "match", "/(/"))
                .singleElement()
                .asString()
                .contains("RE2");
        assertThat(problems("lines", "x", "match", "")).hasSize(1);
        assertThat(problems("lines", "x", "match", "/a/")).isEmpty();
        assertThat(problems("append", "x", "content", "a")).isEmpty();
    }

    @Test
    void effects_areThoseOfWritingAndLinesFlow() {
        var words = connector.words();
        assertThat(Stream.of("read", "write", "append", "lines")
                        .map(action -> words.effects().test(call(action, "x"))))
                .containsExactly(false, true, true, false);
        assertThat(words.canFlow().test(call("lines", "x"))).isTrue();
        assertThat(words.canFlow().test(call("read", "x"))).isFalse();
        assertThat(call("lines", "x").summary()).isEqualTo("lines x");
    }

    @Test
    void patternThatExplodesElsewhere_isLinear() throws IOException {
        file("x", "a".repeat(100_000) + "b\n");
        assertThat(run("lines", "x", "match", "/^(a+)+$/")).isEqualTo(List.of());
    }

    @Test
    void unknownSource_isAFileError() {
        var call = Rig.call(connector.words(), "other", Map.of("read", "x"));
        assertThat(rig.failureOf(scope -> connector.prepare(call).run(scope, Rig.arguments(call))))
                .hasMessage("there is no source of files other");
        assertThat(Arrays.asList(ErrorType.values())).contains(ErrorType.FILE);
    }
}
