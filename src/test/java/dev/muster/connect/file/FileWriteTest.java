package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.muster.plan.ErrorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that are written and added to. */
class FileWriteTest extends FileBench {
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
        assertThat(failure(ErrorType.FILE, "write", "a/x", "content", "x")).contains("its folder does not exist");
        assertThat(failure(ErrorType.FILE, "append", "a/x", "content", "x")).contains("its folder does not exist");
    }

    @Test
    void contentThatIsTooLarge_isALimitAndNothingIsWritten() throws IOException {
        use(Folders.bounded(folder, 3, 3, 10, 10));
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
        use(Folders.readOnly(folder));
        failure(ErrorType.DENIED, "write", "x", "content", "a");
        assertThat(problems("write", "x", "content", "a"))
                .singleElement()
                .asString()
                .contains("write: true");
    }

    @Test
    void writeThatIsStopped_leavesTheOldFileAndNoOther() throws Exception {
        file("x", "old");
        var writer = new WriteFile(Folders.readOnly(folder), "x");
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
}
