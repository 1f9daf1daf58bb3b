package dev.muster.service;

import dev.muster.config.Durations;
import dev.muster.config.Suggest;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import dev.muster.queue.Settle;
import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads jobs and job operations of callers from JSON values, the same over HTTP and the event bus. Every problem is a
 * {@link MusterException} of type {@code badInput}. Safe on any thread.
 */
public final class JobJsonReader {

    private static final int MAX_JOBS = JobQueue.MAX_TAKEN;
    private static final Set<String> OF_JOBS = Set.of("body", "key", "unique", "delay", "priority");
    private static final Map<String, Set<String>> OF_SETTLES = Map.of(
            "ack", Set.of("id", "lease", "output"),
            "fail", Set.of("id", "lease", "error", "retryIn", "giveUp"),
            "extend", Set.of("id", "lease", "by"),
            "release", Set.of("id", "lease"));

    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private JobJsonReader() {}

    /** Reads a job to put: {@code {body, key?, unique?, delay?, priority?}}. */
    public static NewJob job(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map) || !map.containsKey("body") || !OF_JOBS.containsAll(map.keySet())) {
            throw wrong("a job must be {body, key?, unique?, delay?, priority?}");
        }
        try {
            return new NewJob(
                    Json.write(map.get("body")),
                    text(map, "key"),
                    text(map, "unique"),
                    duration(map, "delay", Duration.ZERO),
                    (int) whole(map, "priority", 0));
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** Reads a list of jobs, or of operations on jobs; the maximum length is that of a take. */
    public static List<Object> jobs(@Nullable Object value) {
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MAX_JOBS) {
            throw wrong("jobs must be a list of 1 to " + MAX_JOBS);
        }
        return new ArrayList<>(list);
    }

    /**
     * Reads each element of such a list.
     *
     * @param read reads one element; its errors are prefixed with the element's position, such as {@code jobs[1]}
     */
    public static <T> List<T> eachOf(@Nullable Object value, Function<@Nullable Object, T> read) {
        List<Object> jobs = jobs(value);
        List<T> all = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            int at = i;
            all.add(at("jobs[" + i + "]: ", () -> read.apply(jobs.get(at))));
        }
        return all;
    }

    /** Reads a value; errors are prefixed with {@code place}. */
    public static <T> T at(String place, Supplier<T> read) {
        try {
            return read.get();
        } catch (MusterException e) {
            throw new MusterException(e.type(), place + e.detail(), e.more(), e);
        }
    }

    /**
     * Reads an operation of a lease holder: {@code {id, lease, …}} with the fields of {@code ack}, {@code fail}, {@code extend} or
     * {@code release}.
     */
    public static Settle settle(String how, @Nullable Object value) {
        Set<String> words = OF_SETTLES.getOrDefault(how, Set.of());
        if (!(value instanceof Map<?, ?> map) || !words.containsAll(map.keySet())) {
            throw wrong(
                    how + " takes " + String.join(", ", words.stream().sorted().toList()));
        }
        String id = needed(map, "id");
        String lease = needed(map, "lease");
        try {
            return switch (how) {
                case "ack" ->
                    new Settle.Ack(id, lease, map.containsKey("output") ? Json.write(map.get("output")) : null);
                case "fail" ->
                    new Settle.Fail(
                            id,
                            lease,
                            Json.write(map.get("error")),
                            map.get("retryIn") == null ? null : duration(map, "retryIn", Duration.ZERO),
                            Boolean.TRUE.equals(map.get("giveUp")));
                case "extend" -> new Settle.Extend(id, lease, duration(map, "by", Duration.ZERO));
                default -> new Settle.Release(id, lease);
            };
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** Reads the time to wait, such as {@code 2s}; zero if null. */
    public static Duration wait(@Nullable Object value) {
        Duration wait = duration(value == null ? Map.of() : Map.of("wait", value), "wait", Duration.ZERO);
        if (wait.compareTo(QueueService.LONGEST_WAIT) > 0) {
            throw wrong("wait must be from 0s to " + Durations.format(QueueService.LONGEST_WAIT));
        }
        return wait;
    }

    /** Reads the word of a job state; required. */
    public static JobState state(@Nullable String word) {
        for (JobState state : JobState.values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        List<String> words =
                Arrays.stream(JobState.values()).map(JobState::word).toList();
        throw wrong((word == null
                        ? "state is needed"
                        : "there is no state \"" + Printable.beginning(word, 60) + "\""
                                + Suggest.didYouMean(word, words))
                + "; the states are " + String.join(", ", words));
    }

    /** Checks a job id; null is returned as it is. */
    public static @Nullable String id(String word, @Nullable String text) {
        if (text == null || ID.matcher(text).matches()) {
            return text;
        }
        throw wrong(word + " must be a job id, which has decimal digits only");
    }

    /** Reads the number of jobs requested; 1 if null. */
    public static int max(@Nullable Object value) {
        return count("max", value, 1, MAX_JOBS);
    }

    /** Reads a number from 1 to {@code most}; {@code usual} if null. */
    public static int count(String word, @Nullable Object value, int usual, int most) {
        if (value == null) {
            return usual;
        }
        if (value instanceof Long number && number >= 1 && number <= most) {
            return number.intValue();
        }
        throw wrong(word + " must be a whole number from 1 to " + most);
    }

    private static String needed(Map<?, ?> map, String word) {
        String text = text(map, word);
        if (text == null || text.isEmpty()) {
            throw wrong(word + " is needed");
        }
        if (text.indexOf('\0') >= 0 || Utf8.hasHalf(text)) {
            throw wrong(word + " has U+0000 or an unpaired surrogate, which is not allowed");
        }
        return text;
    }

    private static @Nullable String text(Map<?, ?> map, String word) {
        Object value = map.get(word);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(word + " must be text");
    }

    private static Duration duration(Map<?, ?> map, String word, Duration usual) {
        String text = text(map, word);
        try {
            return text == null ? usual : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(word + ": " + e.getMessage());
        }
    }

    private static long whole(Map<?, ?> map, String word, long usual) {
        Object value = map.get(word);
        if (value == null) {
            return usual;
        }
        if (value instanceof Long number && number.intValue() == number) {
            return number;
        }
        throw wrong(word + " must be a whole number");
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, detail);
    }
}
