package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import dev.muster.run.MemoryBudget;
import dev.muster.service.JobJsonReader;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of job requests. */
final class JobRequest {

    private JobRequest() {}

    /** Whether a body is a single job, rather than a list or lines of jobs. */
    static boolean isOne(RequestContext incoming, Buffer body) {
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

    /** Parses the jobs of a body. Large bodies are parsed off the loop. */
    static Future<List<NewJob>> jobs(RequestContext incoming, Buffer body, boolean isOne) {
        boolean isLines = isLines(incoming);
        return RequestJson.read(incoming, body, memory -> {
            if (isLines) {
                return lines(memory, body.getBytes());
            }
            Object value = RequestJson.parse(memory, body);
            return isOne ? List.of(JobJsonReader.job(value)) : JobJsonReader.eachOf(value, JobJsonReader::job);
        });
    }

    /** Parses jobs from lines. Blank lines are skipped; errors name the line, from 1. */
    private static List<NewJob> lines(MemoryBudget.Share memory, byte[] body) {
        List<Line> lines = new ArrayList<>();
        int number = 1;
        for (int from = 0; from < body.length; number++) {
            int end = from;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            if (!isBlank(body, from, end)) {
                lines.add(new Line(number, from, end - from));
            }
            from = end + 1;
        }
        JobJsonReader.jobs(lines);
        return lines.stream().map(line -> job(memory, body, line)).toList();
    }

    private static NewJob job(MemoryBudget.Share memory, byte[] body, Line line) {
        Object value = RequestJson.parse(memory, body, line.from, line.length, line.number);
        return JobJsonReader.at("line " + line.number + ": ", () -> JobJsonReader.job(value));
    }

    private record Line(int number, int from, int length) {}

    private static boolean isBlank(byte[] body, int from, int end) {
        for (int i = from; i < end; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Parses a body and adds the job id from the path. The body must not contain an id. Large bodies are parsed off the loop. */
    static Future<Map<String, @Nullable Object>> withId(RequestContext incoming, Buffer body, String id) {
        return RequestJson.read(incoming, body).map(value -> withId(value, id));
    }

    private static Map<String, @Nullable Object> withId(@Nullable Object body, String id) {
        if (!(body instanceof Map<?, ?> map) || map.containsKey("id")) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body must be {lease, …}");
        }
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        map.forEach((word, given) -> value.put(String.valueOf(word), given));
        value.put("id", id);
        return value;
    }

    private static boolean isLines(RequestContext incoming) {
        String type = incoming.request().getHeader(HeaderNames.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-ndjson");
    }
}
