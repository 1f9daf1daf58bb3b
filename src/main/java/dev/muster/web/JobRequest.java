package dev.muster.web;

import dev.muster.dispatch.JobWords;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What requests about jobs say in their bodies and queries. */
final class JobRequest {

    private JobRequest() {}

    /** Whether a body is one job, and not a list or lines of them. */
    static boolean isOne(Incoming incoming, Buffer body) {
        if (isLines(incoming)) {
            return false;
        }
        for (int i = 0; i < body.length(); i++) {
            byte next = body.getByte(i);
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next != '[';
            }
        }
        return true;
    }

    /** The jobs of a body. */
    static List<NewJob> jobs(Incoming incoming, Buffer body, boolean isOne) {
        if (isLines(incoming)) {
            List<Object> lines = JobWords.jobs(body.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList());
            return lines.stream()
                    .map(line -> JobWords.job(RequestJson.parse(incoming, Buffer.buffer((String) line))))
                    .toList();
        }
        Object value = RequestJson.parse(incoming, body);
        return isOne
                ? List.of(JobWords.job(value))
                : JobWords.jobs(value).stream().map(JobWords::job).toList();
    }

    /** A body with the id of the path in it, which it may not say itself. */
    static Map<String, @Nullable Object> withId(Incoming incoming, Buffer body, String id) {
        if (!(RequestJson.parse(incoming, body) instanceof Map<?, ?> map) || map.containsKey("id")) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body must be {lease, …}");
        }
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        map.forEach((word, given) -> value.put(String.valueOf(word), given));
        value.put("id", id);
        return value;
    }

    /** A whole number of the query, or null where it is left out. */
    static @Nullable Long whole(Incoming incoming, String name) {
        String text = incoming.request().getParam(name);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new MusterException(ErrorType.BAD_INPUT, name + " must be a whole number", e);
        }
    }

    private static boolean isLines(Incoming incoming) {
        String type = incoming.request().getHeader(HeaderNames.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-ndjson");
    }
}
