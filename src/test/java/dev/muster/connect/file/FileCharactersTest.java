package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of bytes and characters that UTF-8 does not have. */
class FileCharactersTest extends FileBench {

    private void log(String latin) throws IOException {
        Files.write(folder.resolve("log"), latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void lineThatIsNotUtf8_isRefusedByDefault_withItsPlaceAndTheSetting() throws IOException {
        log("one\nZ\u00fcrich\nthree\n");
        assertThat(failure(ErrorType.FILE, "lines", "log"))
                .contains("malformed: refuse; replace reads it with U+FFFD")
                .endsWith("is not UTF-8, from byte 5 on");
        assertThat(run("lines", "log", "match", "three")).isEqualTo(List.of("three"));
    }

    @Test
    void lineThatIsNotUtf8_isReadWithReplacements_whereTheSourceSaysSo() throws IOException {
        use(Folders.replacing(folder));
        log("one\r\nZ\u00fcrich \u00c3\r\nthree \u00e2\u0082\n\u00f0\u009f\u0098\u0080\n");
        List<String> read = List.of("one", "Z\uFFFDrich \uFFFD", "three \uFFFD", "\uD83D\uDE00");
        assertThat(run("lines", "log")).isEqualTo(read);
        assertThat(flow("lines", "log")).isEqualTo(read);
        assertThat(run("lines", "log", "match", "rich")).isEqualTo(List.of("Z\uFFFDrich \uFFFD"));
        assertThat(run("lines", "log", "match", "/^Z.rich/")).isEqualTo(List.of("Z\uFFFDrich \uFFFD"));
    }

    @Test
    void jsonLineThatIsNotUtf8_goesByTheSameSetting() throws IOException {
        log("{\"a\": \"\u00fc\"}\n");
        assertThat(failure(ErrorType.FILE, "lines", "log", "as", "json")).contains("not UTF-8");
        use(Folders.replacing(folder));
        assertThat(run("lines", "log", "as", "json")).isEqualTo(List.of(Map.of("a", "\uFFFD")));
    }

    @Test
    void fileThatIsReadWhole_isRefusedWhateverTheSetting() throws IOException {
        use(Folders.replacing(folder));
        log("\u00fc");
        assertThat(failure(ErrorType.FILE, "read", "log")).endsWith("is not UTF-8, from byte 0 on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83D", "\uDE00", "x/\uD83Dy"})
    void pathWithHalfACharacter_isBadInput_andWritesNothing(String path) throws IOException {
        for (String action : List.of("write", "append")) {
            assertThat(failure(ErrorType.BAD_INPUT, action, path, "content", "x"))
                    .isEqualTo("logs: " + action + ": the path has an unpaired surrogate, which UTF-8 cannot encode");
        }
        assertThat(failure(ErrorType.BAD_INPUT, "read", path)).contains("an unpaired surrogate");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void contentWithHalfACharacter_isBadInput_andAsJsonItIsExact() throws IOException {
        assertThat(failure(ErrorType.BAD_INPUT, "write", "a", "content", "x\uD83D"))
                .isEqualTo("logs: content has an unpaired surrogate, which UTF-8 cannot encode");
        run("write", "b", "content", List.of("x\uD83D", -0.0));
        assertThat(Files.readString(folder.resolve("b"))).isEqualTo("[\"x\\ud83d\",-0.0]");
        assertThat(run("read", "b", "as", "json")).isEqualTo(List.of("x\uD83D", -0.0));
    }

    @Test
    void matchWithHalfACharacter_isRefused() {
        assertThat(LineFilterProblem.of("a\uD83D"))
                .isEqualTo("match has an unpaired surrogate, which UTF-8 cannot encode");
    }

    /** What a filter says of a text. */
    private static final class LineFilterProblem {
        static String of(String match) {
            try {
                LineFilter.of(match);
                return "";
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
    }
}
