package dev.muster.queue;

import dev.muster.config.Configuration;
import dev.muster.config.Durations;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Sizes;
import dev.muster.config.SourceConfig;
import dev.muster.queue.QueueSettings.Backoff;
import dev.muster.queue.QueueSettings.Keep;
import dev.muster.queue.QueueSettings.KeyRate;
import dev.muster.queue.QueueSettings.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the section {@code queues}. The word names of a queue were checked with the section; those of its nested maps are
 * checked here.
 */
final class QueueSettingsReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern PAUSES = Pattern.compile("([0-9]{1,15}(?:ms|s|m|h))\\.\\.([0-9]{1,15}(?:ms|s|m|h))");

    /** The kind of source that can hold jobs. */
    private static final String DURABLE_KIND = "postgres";

    private static final Set<String> OF_ELSEWHERE = Set.of("store", "adhoc");
    private static final long MAX_JOBS = 100_000_000;
    private static final long MAX_BYTES = 64L << 30;
    private static final long MAX_BODY_BYTES = 16L << 20;
    private static final int MAX_RETRIES = 1_000;
    private static final int MAX_PER_KEY = 10_000;
    private static final int MAX_TOKENS = 1_000_000;
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);
    private static final Duration LONGEST_PER = Duration.ofHours(1);
    private static final Duration YEAR = Duration.ofDays(365);

    private final Configuration configuration;
    private final Problems problems;
    private final List<String> stores = new ArrayList<>();

    QueueSettingsReader(Configuration configuration, Problems problems) {
        this.configuration = configuration;
        this.problems = problems;
        stores.add(QueueSettings.MEMORY);
        stores.add(QueueSettings.CLUSTER);
        configuration.sources().values().stream()
                .filter(source -> source.kind().equals(DURABLE_KIND))
                .map(SourceConfig::name)
                .forEach(stores::add);
    }

    Map<String, QueueSettings> read() {
        Map<String, QueueSettings> queues = new LinkedHashMap<>();
        configuration.section("queues").map(Mapping::entries).orElse(List.of()).forEach(entry -> {
            String name = entry.name();
            if (!NAME.matcher(name).matches()) {
                problems.add(
                        entry.key().at(),
                        "a queue's name has up to 100 letters, digits, '.', '_' and '-', and begins with a letter or a digit");
            }
            if (entry.value() instanceof Mapping words) {
                queues.put(name, queue(name, new Fields(words, "the queue \"" + name + "\"", problems)));
            }
        });
        return queues;
    }

    private QueueSettings queue(String name, Fields fields) {
        if (!fields.has("store")) {
            fields.problem(
                    "store",
                    fields.what() + " needs \"store\": memory, cluster, or the name of a source of kind "
                            + DURABLE_KIND);
        }
        String store = fields.oneOf("store", stores, QueueSettings.MEMORY);
        if (store.equals(QueueSettings.CLUSTER)) {
            return elsewhere(name, fields);
        }
        boolean isMemory = store.equals(QueueSettings.MEMORY);
        int bodyBytes = (int) size(fields, "body", MAX_BODY_BYTES, QueueSettings.BODY_BYTES);
        return new QueueSettings(
                name,
                store,
                fields.integer("size", 1, MAX_JOBS)
                        .orElse(isMemory ? QueueSettings.MEMORY_SIZE : QueueSettings.DURABLE_SIZE),
                bytes(fields, isMemory, bodyBytes),
                bodyBytes,
                fields.integer("retries", 0, MAX_RETRIES, QueueSettings.RETRIES),
                duration(fields, "lease", SHORTEST_LEASE, Settle.LONGEST_LEASE, QueueSettings.LEASE),
                perKey(fields),
                fields.fields("keyRate").map(QueueSettingsReader::keyRate).orElse(null),
                order(fields, isMemory),
                backoff(fields),
                fields.fields("keep").map(QueueSettingsReader::keep).orElse(Keep.USUAL),
                fields.bool("adhoc", false));
    }

    /** Reads a queue that is on another node, which has its settings. */
    private QueueSettings elsewhere(String name, Fields fields) {
        if (configuration.sources().containsKey(QueueSettings.CLUSTER)) {
            fields.problem(
                    "store",
                    "store of " + fields.what()
                            + " means another node of the cluster, but a source has this name: rename the source");
        }
        fields.mapping().entries().stream()
                .filter(entry -> !OF_ELSEWHERE.contains(entry.name()))
                .forEach(entry -> problems.add(
                        entry.value().at(),
                        entry.name() + " of " + fields.what()
                                + " is set on the node that has the queue; store: cluster allows only adhoc"));
        return QueueSettings.elsewhere(name, fields.bool("adhoc", false));
    }

    private static long bytes(Fields fields, boolean isMemory, int bodyBytes) {
        if (fields.has("bytes") && !isMemory) {
            fields.problem(
                    "bytes",
                    "bytes of " + fields.what() + " is for store: memory only; other stores are limited by size");
        }
        long bytes = size(fields, "bytes", MAX_BYTES, Math.max(QueueSettings.BYTES, bodyBytes));
        if (bytes < bodyBytes) {
            fields.problem(
                    "bytes",
                    "bytes of " + fields.what() + " must be at least " + Sizes.format(bodyBytes)
                            + ", the size limit of one body (\"body\")");
        }
        return bytes;
    }

    private static OptionalInt perKey(Fields fields) {
        return fields.integer("perKey", 1, MAX_PER_KEY)
                .map(number -> OptionalInt.of(number.intValue()))
                .orElse(OptionalInt.empty());
    }

    private static KeyRate keyRate(Fields fields) {
        int tokens = (int) fields.requireInteger("tokens", 1, MAX_TOKENS);
        if (!fields.has("per")) {
            fields.requireDuration("per");
        }
        Duration per = duration(fields, "per", Duration.ofMillis(1), LONGEST_PER, Duration.ofSeconds(1));
        fields.unknownWords();
        return new KeyRate(tokens, per);
    }

    private static Order order(Fields fields, boolean isMemory) {
        boolean isLifo = fields.oneOf("order", List.of("fifo", "lifo"), "fifo").equals("lifo");
        if (isLifo && !isMemory) {
            fields.problem("order", "order of " + fields.what() + " can be lifo only with store: memory");
        }
        return isLifo ? Order.LIFO : Order.FIFO;
    }

    private static Backoff backoff(Fields fields) {
        Optional<String> text = fields.string("backoff");
        if (text.isEmpty()) {
            return Backoff.USUAL;
        }
        Backoff pauses = pauses(text.get());
        if (pauses == null) {
            fields.problem(
                    "backoff",
                    "backoff of " + fields.what() + " must be MIN..MAX, such as 1s..10m, MAX at most "
                            + Durations.format(LONGEST_PAUSE) + ", not \"" + fields.shown("backoff") + "\"");
            return Backoff.USUAL;
        }
        return pauses;
    }

    private static @Nullable Backoff pauses(String text) {
        Matcher written = PAUSES.matcher(text);
        if (!written.matches()) {
            return null;
        }
        try {
            var pauses = new Backoff(Durations.parse(written.group(1)), Durations.parse(written.group(2)));
            boolean isRange =
                    pauses.min().compareTo(pauses.max()) <= 0 && pauses.max().compareTo(LONGEST_PAUSE) <= 0;
            return isRange ? pauses : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Keep keep(Fields fields) {
        var keep = new Keep(
                duration(fields, "done", Duration.ZERO, YEAR, Keep.USUAL.done()),
                duration(fields, "dead", Duration.ZERO, YEAR, Keep.USUAL.dead()),
                duration(fields, "cancelled", Duration.ZERO, YEAR, Keep.USUAL.cancelled()));
        fields.unknownWords();
        return keep;
    }

    private static long size(Fields fields, String name, long most, long usual) {
        long size = fields.size(name, usual);
        if (size < 1 || size > most) {
            fields.problem(name, name + " of " + fields.what() + " must be from 1B to " + Sizes.format(most));
            return usual;
        }
        return size;
    }

    private static Duration duration(Fields fields, String name, Duration least, Duration most, Duration usual) {
        Duration written = fields.duration(name, usual);
        if (written.compareTo(least) < 0 || written.compareTo(most) > 0) {
            fields.problem(
                    name,
                    name + " of " + fields.what() + " must be from " + Durations.format(least) + " to "
                            + Durations.format(most) + ", not " + Durations.format(written));
            return usual;
        }
        return written;
    }
}
