package dev.muster.client;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error of Muster, as a client sees it: an error object of the plan language. */
public final class MusterError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final @Nullable String step;
    private final @Nullable String run;
    private final transient Map<String, ?> value;

    private MusterError(String type, String detail, Map<String, ?> value) {
        super(detail);
        this.type = type;
        this.step = value.get("step") instanceof String text ? text : null;
        this.run = value.get("run") instanceof String text ? text : null;
        this.value = value;
    }

    /** Of an error object. */
    static MusterError of(Map<String, ?> value) {
        return new MusterError(String.valueOf(value.get("type")), String.valueOf(value.get("detail")), value);
    }

    /** Of what a failed reply says: an error object as JSON text, or text of somebody else. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    static MusterError parse(@Nullable String message) {
        String text = message == null ? "no reason given" : message;
        try {
            if (Json.parse(text) instanceof Map<?, ?> value && value.get("type") instanceof String) {
                return of((Map<String, ?>) value);
            }
        } catch (JsonException e) {
            // Text of somebody else.
        }
        return new MusterError("badResponse", text, Map.of());
    }

    /** There is nobody who could answer. */
    static MusterError unavailable(String detail) {
        return new MusterError("unavailable", detail, Map.of());
    }

    /** What is not sent, as a node would refuse it. */
    static MusterError refused(String type, String detail) {
        return new MusterError(type, detail, Map.of());
    }

    /** Whether the same may be answered another time: the node cannot be reached, is late, or has no room now. */
    boolean mayPass() {
        return type.equals("unavailable")
                || type.equals("timeout")
                || type.equals("limit") && value.containsKey("retryAfter");
    }

    /** What kind of error it is: {@code badInput}, {@code denied}, {@code unavailable} and so on. */
    public String type() {
        return type;
    }

    /** What, where and what to do. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** The path of the step that ended the run, or null. */
    public @Nullable String step() {
        return step;
    }

    /** The run that failed, or null where there was none. */
    public @Nullable String run() {
        return run;
    }

    /** As an error object, for somebody else. */
    Map<String, ?> object() {
        return value.isEmpty() ? Map.of("type", type, "detail", detail()) : value;
    }

    /** The whole error object; empty where none was sent. */
    public Map<String, ?> value() {
        return value;
    }
}
