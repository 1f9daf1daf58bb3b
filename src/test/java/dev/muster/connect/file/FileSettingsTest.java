package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.SourceConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileSettingsTest {
    private final Problems problems = new Problems();

    /** Words and their values in turn, as text without quotes. */
    private FileSettings read(String... pairs) {
        Position at = Position.start("muster.yaml");
        var entries = new ArrayList<Mapping.Entry>();
        for (int i = 0; i < pairs.length; i += 2) {
            var value = new Scalar(at, pairs[i + 1], pairs[i + 1], false);
            entries.add(new Mapping.Entry(Scalar.of(at, pairs[i]), value));
        }
        var source = new SourceConfig("logs", "file", new Mapping(at, entries), at);
        return FileSettings.read(source, Path.of("/etc/muster"), problems);
    }

    private List<String> messages() {
        return problems.list().stream().map(Problem::message).toList();
    }

    @Test
    void folderAlone_hasTheDefaults() {
        assertThat(read("file", "/var/log/app")).isEqualTo(Folders.readOnly(Path.of("/var/log/app")));
        assertThat(read("file", "data").folder()).isEqualTo(Path.of("/etc/muster/data"));
        assertThat(messages()).isEmpty();
    }

    @Test
    void allWords_areRead() {
        FileSettings settings = read(
                "file",
                "/x",
                "write",
                "true",
                "maxRead",
                "1KiB",
                "maxWrite",
                "2KiB",
                "maxLine",
                "64",
                "maxRows",
                "5",
                "optional",
                "true",
                "adhoc",
                "true");
        assertThat(settings)
                .isEqualTo(new FileSettings("logs", Path.of("/x"), true, 1024, 2048, 64, 5, true, true, false, "/x"));
        assertThat(messages()).isEmpty();
    }

    @Test
    void wrongWords_areProblems() {
        read("file", "", "wirte", "true", "maxRead", "0", "maxLine", "2GiB");
        assertThat(messages())
                .hasSize(4)
                .anyMatch(message -> message.contains("must not be empty"))
                .anyMatch(message -> message.contains("did you mean \"write\"?"))
                .anyMatch(message -> message.startsWith("maxRead of the source \"logs\" must be from 1"))
                .anyMatch(message -> message.startsWith("maxLine of the source \"logs\" must be from 1"));
    }
}
