package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.Called;
import dev.muster.cli.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code queue put NAME -}: what becomes of lines whose node wants small requests or does not answer. */
@Timeout(120)
class QueuePutNodeTest {

    @TempDir
    Path conf;

    private static String numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }

    private static Called put(String url, String stdin, String... more) {
        var words = new ArrayList<>(List.of("put", "q", "-"));
        words.addAll(List.of(more));
        return Called.with(stdin, new Stop(), QueueRig.line(url, words.toArray(String[]::new)));
    }

    @Test
    void nodeThatTakesSmallRequests_getsSmallOnes() throws Exception {
        try (var rig = new QueueRig(
                conf,
                "server: {port: 0, workers: 1, limits: {body: 1KiB}}\nqueues: {q: {store: memory, size: 1000}}\n")) {
            assertThat(put(rig.url(), numbers(1, 500)).err()).isEqualTo("500 put\n");
            Called large = put(rig.url(), "\"" + "x".repeat(1_500) + "\"\n");
            assertThat(large.code()).isEqualTo(1);
            assertThat(large.err()).contains("limit: line 1 is rejected: ");
        }
    }

    @Test
    void largeFiles_areNotPutInOneRequest() throws Exception {
        Path file = Files.writeString(conf.resolve("job.json"), "\"" + "x".repeat(300_000) + "\"");
        try (var node = new FakeNode(Set.of())) {
            Called called = Called.with(QueueRig.line(node.url(), "put", "q", "@" + file, "@" + file, "1"));

            assertThat(called.code()).as(called.err()).isZero();
            assertThat(node.requests()).extracting(List::size).containsExactly(1, 2);
        }
    }

    @Test
    void lostAnswer_saysWhatIsSureAndWhatIsNot() throws Exception {
        try (var node = new FakeNode(Set.of(2))) {
            Called called = put(node.url(), numbers(1, 4_000));
            int sure = node.requests().get(0).size();
            int open = node.requests().get(1).size();

            assertThat(called.code()).isEqualTo(1);
            assertThat(node.requests()).hasSize(2);
            assertThat(called.err())
                    .contains(
                            "unavailable: the connection to " + node.url() + " was lost",
                            sure + " put for sure, and the outcome of lines " + (sure + 1) + " to " + (sure + open),
                            "go on from line " + (sure + 1),
                            "--unique-body");
        }
    }

    @Test
    void lostAnswer_ofJobsWithUniqueWords_isAskedForAgain() throws Exception {
        try (var node = new FakeNode(Set.of(2, 3))) {
            Called called = put(node.url(), numbers(1, 2_500), "--unique-body");
            List<List<String>> requests = node.requests();

            assertThat(called.code()).as(called.err()).isZero();
            assertThat(called.err()).isEqualTo("2500 put\n");
            assertThat(requests.get(2)).isEqualTo(requests.get(1));
            assertThat(requests.get(3)).isEqualTo(requests.get(1));
            assertThat(requests.stream().flatMap(List::stream).distinct()).hasSize(2_500);
        }
    }
}
