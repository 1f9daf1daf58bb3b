package dev.muster.node;

import dev.muster.queue.QueueSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the changed settings of a queue by name. */
final class QueueWords {

    private QueueWords() {}

    /** The paths of changed settings that need a restart. {@code adhoc} is not among them: it takes effect at reload. */
    static List<String> changed(QueueSettings running, @Nullable QueueSettings now) {
        if (now == null) {
            return List.of();
        }
        Map<String, @Nullable Object> after = of(now);
        return of(running).entrySet().stream()
                .filter(before -> !Objects.equals(before.getValue(), after.get(before.getKey())))
                .map(before -> "queues." + running.name() + "." + before.getKey())
                .toList();
    }

    private static Map<String, @Nullable Object> of(QueueSettings settings) {
        var words = new LinkedHashMap<String, @Nullable Object>();
        words.put("store", settings.store());
        words.put("size", settings.size());
        words.put("bytes", settings.bytes());
        words.put("body", settings.bodyBytes());
        words.put("retries", settings.retries());
        words.put("lease", settings.lease());
        words.put("perKey", settings.perKey());
        words.put("keyRate", settings.keyRate());
        words.put("order", settings.order());
        words.put("backoff", settings.backoff());
        words.put("keep", settings.keep());
        return words;
    }
}
