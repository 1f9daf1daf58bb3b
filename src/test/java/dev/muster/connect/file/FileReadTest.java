package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Position;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files that are read whole. */
class FileReadTest extends FileBench {
    @Test
    void read_givesTextOrJson() throws IOException {
        file("a/b.json", "{\"x\": 1.10}");
        assertThat(run("read", "/a/b.json")).isEqualTo("{\"x\": 1.10}");
        assertThat(run("read", "a/b.json", "as", "json")).isEqualTo(Map.of("x", new BigDecimal("1.10")));
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
                Position.start("p"),
                "logs",
                Map.of(),
                Map.of("read", new Template.Literal("50%20.txt")));
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
        assertThat(failure(ErrorType.FILE, "read", "nope")).isEqualTo("logs: \"nope\" does not exist");
        assertThat(failure(ErrorType.FILE, "lines", "a/b/nope")).contains("does not exist");
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
        assertThat(failure(ErrorType.FILE, "read", "/")).endsWith("is not the path of a file");
    }

    @Test
    void missingFolder_isAFileError() throws IOException {
        Files.delete(folder);
        assertThat(failure(ErrorType.FILE, "read", "x")).contains("the source's folder does not exist");
        assertThat(rig.failureOf(scope -> connector.ready(scope, "logs"))).hasMessageContaining("does not exist");
        Files.createDirectory(folder);
        rig.run(scope -> connector.ready(scope, "logs"));
    }

    @Test
    void deniedFile_isAFileErrorThatSaysSo() {
        var source = Folders.readOnly(folder);
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
        use(Folders.bounded(folder, 3, 3, 10, 10));
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
            assertThat(failure(ErrorType.FILE, action, "p")).contains("not a regular file");
        }
        for (String action : List.of("write", "append")) {
            assertThat(failure(ErrorType.FILE, action, "p", "content", "x")).contains("not a regular file");
        }
    }
}
