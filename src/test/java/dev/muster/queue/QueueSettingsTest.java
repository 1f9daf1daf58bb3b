package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.queue.QueueSettings.Backoff;
import dev.muster.queue.QueueSettings.Keep;
import dev.muster.queue.QueueSettings.KeyRate;
import dev.muster.queue.QueueSettings.Order;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueSettingsTest {
    private static final String SOURCES = "sources: {catalog: {postgres: embedded}, web: {http: any}}\n";

    @TempDir
    private Path dir;

    private Map<String, QueueSettings> read(String queues, Problems problems) {
        try {
            Files.writeString(dir.resolve("muster.yaml"), SOURCES + "queues:\n" + queues);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Configuration configuration = Configuration.load(dir, true, Set.of("http", "postgres"), name -> null, problems);
        return QueueSettings.read(configuration, problems);
    }

    private QueueSettings one(String words) {
        var problems = new Problems();
        Map<String, QueueSettings> read = read("  q: " + words + "\n", problems);
        problems.throwIfAny();
        return read.get("q");
    }

    private List<String> problems(String queues) {
        var problems = new Problems();
        read(queues, problems);
        return problems.list().stream()
                .map(Problem::toString)
                .map(it -> it.replace(dir + "/", ""))
                .toList();
    }

    private String problem(String words) {
        List<String> problems = problems("  q: " + words + "\n");
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    @Test
    void memoryQueue_hasDefaults() {
        assertThat(one("{store: memory}")).isEqualTo(QueueSettings.memory("q"));
        assertThat(QueueSettings.memory("q").size()).isEqualTo(1_000);
    }

    @Test
    void durableQueue_hasDefaults() {
        assertThat(one("{store: catalog}")).isEqualTo(QueueSettings.durable("q", "catalog"));
        assertThat(QueueSettings.durable("q", "catalog").size()).isEqualTo(1_000_000);
        assertThat(one("{store: catalog}").isMemory()).isFalse();
    }

    @Test
    void everyWord_isRead() {
        assertThat(one("{store: memory, size: 7, bytes: 2MiB, body: 2KiB, retries: 0, lease: 5s, perKey: 2, "
                        + "keyRate: {tokens: 3, per: 2s}, order: lifo, backoff: 0ms..2m, "
                        + "keep: {done: 2h, dead: 24h, cancelled: 0s}, adhoc: true}"))
                .isEqualTo(new QueueSettings(
                        "q",
                        "memory",
                        7,
                        2 << 20,
                        2 << 10,
                        0,
                        Duration.ofSeconds(5),
                        OptionalInt.of(2),
                        new KeyRate(3, Duration.ofSeconds(2)),
                        Order.LIFO,
                        new Backoff(Duration.ZERO, Duration.ofMinutes(2)),
                        new Keep(Duration.ofHours(2), Duration.ofHours(24), Duration.ZERO),
                        true));
    }

    @Test
    void everythingWrong_isSaidAtOnce() {
        assertThat(problems("""
                  -bad: {store: memory}
                  a: {sotre: memory}
                  b: {store: catalgo, size: 0, retries: -1, lease: 2h, perKey: 0, order: filo}
                  c: {store: memory, keyRate: {token: 1}, backoff: 5s, keep: {deed: 1h}, body: 0B}
                  d: memory
                """))
                .containsExactly(
                        "muster.yaml:3:3: a queue's name has up to 100 letters, digits, '.', '_' and '-', and begins with a"
                                + " letter or a digit",
                        "muster.yaml:4:6: the queue \"a\" needs \"store\": memory, cluster, or the name of a source of kind"
                                + " postgres",
                        "muster.yaml:4:7: unknown word \"sotre\" in the queue \"a\" (did you mean \"store\"?)",
                        "muster.yaml:5:14: store of the queue \"b\" must be one of memory, cluster, catalog, not \"catalgo\""
                                + " (did you mean \"catalog\"?)",
                        "muster.yaml:5:29: size of the queue \"b\" must be a whole number from 1 to 100000000, not \"0\"",
                        "muster.yaml:5:41: retries of the queue \"b\" must be a whole number from 0 to 1000, not \"-1\"",
                        "muster.yaml:5:52: lease of the queue \"b\" must be from 1s to 1h, not 2h",
                        "muster.yaml:5:64: perKey of the queue \"b\" must be a whole number from 1 to 10000, not \"0\"",
                        "muster.yaml:5:74: order of the queue \"b\" must be one of fifo, lifo, not \"filo\""
                                + " (did you mean \"fifo\"?)",
                        "muster.yaml:6:31: keyRate of the queue \"c\" needs \"per\": a duration",
                        "muster.yaml:6:31: keyRate of the queue \"c\" needs \"tokens\": a whole number",
                        "muster.yaml:6:32: unknown word \"token\" in keyRate of the queue \"c\" (did you mean \"tokens\"?)",
                        "muster.yaml:6:52: backoff of the queue \"c\" must be MIN..MAX, such as 1s..10m, MAX at most 24h,"
                                + " not \"5s\"",
                        "muster.yaml:6:63: unknown word \"deed\" in keep of the queue \"c\" (did you mean \"dead\"?)",
                        "muster.yaml:6:80: body of the queue \"c\" must be from 1B to 16MiB",
                        "muster.yaml:7:6: the queue \"d\" must be a map, not text");
    }

    @Test
    void wordsOfMemory_areRefusedElsewhere() {
        assertThat(problem("{store: catalog, order: lifo}")).endsWith("can be lifo only with store: memory");
        assertThat(problem("{store: catalog, bytes: 64MiB}")).contains("is for store: memory");
        assertThat(problem("{store: memory, bytes: 1KiB}")).contains("must be at least 1MiB");
    }

    @Test
    void sourceOfAnotherKind_isNoStore() {
        assertThat(problem("{store: web}")).contains("must be one of memory, cluster, catalog");
    }

    @Test
    void backoff_doublesUpToItsMost() {
        var backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));

        assertThat(List.of(1, 2, 3, 4, 5, 1_000).stream()
                        .map(backoff::longestAfter)
                        .map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
        assertThat(new Backoff(Duration.ZERO, Duration.ofSeconds(1)).longestAfter(3))
                .isZero();
        assertThat(new Backoff(Duration.ofHours(3), Duration.ofHours(3)).longestAfter(1))
                .hasHours(3);
    }
}
