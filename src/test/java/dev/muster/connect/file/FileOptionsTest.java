package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The words of the verb, and what is wrong between them. */
class FileOptionsTest extends FileBench {
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
