package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.connect.SourceKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of source kinds, and the settings of sources as they are read from a configuration. */
class VerbsTest {

    @Test
    void wordsOfKinds_areThoseOfTheKinds() {
        assertThat(Verbs.kindsOfSources())
                .extracting(SourceKind::name)
                .containsExactlyInAnyOrderElementsOf(Verbs.SOURCE_KINDS);
    }

    @Test
    void problemsOfSeveralKinds_comeInTheOrderOfTheFile(@TempDir Path conf) throws Exception {
        Files.writeString(conf.resolve("muster.yaml"), """
                sources:
                  f: {file: ., maxRows: 0}
                  m: {mysql: 'mysql://localhost/x', pool: 0}
                  h: {http: 'http://localhost', pool: 0}
                  p: {postgres: 'postgres://localhost/x', pool: 0}
                """);

        assertThat(problems(conf)).extracting(problem -> problem.at().line()).containsExactly(2, 3, 4, 5);
    }

    private static Iterable<Problem> problems(Path conf) throws InterruptedException {
        try {
            Muster.start(conf).close();
        } catch (ProblemsException e) {
            return e.problems();
        }
        throw new AssertionError("the settings were accepted");
    }
}
