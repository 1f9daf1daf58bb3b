package dev.muster.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The messages to and from queues, as JSON values. Safe on any thread. */
final class JobMessages {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h)");

    private JobMessages() {}

    static String address(String queue, String word) {
        return "muster.queue." + queue + "." + word;
    }

    /** Formats a duration for a node, rounded up to whole milliseconds: a short time does not become none. */
    static String duration(Duration duration) {
        return duration.plusNanos(999_999).toMillis() + "ms";
    }

    /** Returns {@code {id, lease}} of a job, as a map for further entries. */
    static Map<String, @Nullable Object> lease(TakenJob job) {
        var value = new LinkedHashMap<String, @Nullable Object>();
        value.put("id", job.id());
        value.put("lease", job.lease());
        return value;
    }

    /** Returns the entries of a {@code fail} besides the lease. */
    static Map<String, @Nullable Object> failure(@Nullable Object error, @Nullable Duration retryIn, boolean givesUp) {
        var value = new LinkedHashMap<String, @Nullable Object>();
        if (error != null) {
            value.put("error", error);
        }
        if (retryIn != null) {
            value.put("retryIn", duration(retryIn));
        }
        if (givesUp) {
            value.put("giveUp", true);
        }
        return value;
    }

    /** Returns the entries of a {@code fail} for an exception of a handler. */
    static Map<String, @Nullable Object> failure(Throwable failure) {
        if (failure instanceof MusterError error) {
            return failure(error.object(), null, false);
        }
        return failure instanceof JobFailure known
                ? failure(failed(known.getMessage()), known.pause(), known.givesUp())
                : failure(failed(failure.toString()), null, false);
    }

    /** Returns the error of a failed attempt. */
    static Map<String, Object> failed(@Nullable String detail) {
        return Map.of("type", "failed", "detail", String.valueOf(detail));
    }

    /** Returns the list {@code jobs} of a reply. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    static List<Map<String, @Nullable Object>> jobs(@Nullable Object reply) {
        return map(reply).get("jobs") instanceof List<?> list ? (List<Map<String, @Nullable Object>>) list : List.of();
    }

    static List<TakenJob> taken(@Nullable Object reply) {
        List<Map<String, @Nullable Object>> jobs = jobs(reply);
        if (jobs.isEmpty()) {
            return List.of();
        }
        Duration lease = duration(map(reply).get("expiresIn"));
        return jobs.stream().map(job -> taken(job, lease)).toList();
    }

    static PutReply put(Map<String, ?> value) {
        return new PutReply(
                value.get("id") instanceof String id ? id : null,
                Boolean.TRUE.equals(value.get("existing")),
                error(value));
    }

    /** Returns the error of a reply, or null. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    static @Nullable MusterError error(Map<String, ?> value) {
        return value.get("error") instanceof Map<?, ?> error ? MusterError.of((Map<String, ?>) error) : null;
    }

    @SuppressWarnings("unchecked") // keys of JSON values are text
    static Map<String, @Nullable Object> map(@Nullable Object reply) {
        if (reply instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw MusterError.parse("the reply is not an object");
    }

    private static TakenJob taken(Map<String, @Nullable Object> job, Duration lease) {
        return new TakenJob(
                String.valueOf(job.get("id")),
                job.get("body"),
                whole(job.get("attempt"), 1),
                String.valueOf(job.get("lease")),
                lease,
                job.get("key") instanceof String key ? key : null,
                whole(job.get("priority"), 0),
                job.get("checkpoint"),
                job.get("fence") instanceof Number fence ? fence.longValue() : 0);
    }

    private static int whole(@Nullable Object value, int usual) {
        return value instanceof Number number ? number.intValue() : usual;
    }

    private static Duration duration(@Nullable Object text) {
        Matcher written = DURATION.matcher(String.valueOf(text));
        if (!written.matches()) {
            throw MusterError.parse("the jobs have leases of " + text + ", which is not a duration");
        }
        long count = Long.parseLong(written.group(1));
        return switch (written.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }
}
