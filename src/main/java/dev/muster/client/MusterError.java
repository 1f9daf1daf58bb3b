package dev.muster.client;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error of Muster on the client side: an error object of the plan language. */
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

    /** An error from an error object. */
    static MusterError of(Map<String, ?> value) {
        return new MusterError(String.valueOf(value.get("type")), String.valueOf(value.get("detail")), value);
    }

    /** An error from the message of a failed reply: an error object as JSON text, or the text of another program. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    static MusterError parse(@Nullable String message) {
        String text = message == null ? "no reason given" : message;
        try {
            if (Json.parse(text) instanceof Map<?, ?> value && value.get("type") instanceof String) {
                return of((Map<String, ?>) value);
            }
        } catch (JsonException e) {
            // The text comes from another program.
        }
        return new MusterError("badResponse", text, Map.of());
    }

    /** An error for a node that cannot be reached. */
    static MusterError unavailable(String detail) {
        return new MusterError("unavailable", detail, Map.of());
    }

    /** An error for a request that is not sent, like the one a node would return. */
    static MusterError refused(String type, String detail) {
        return new MusterError(type, detail, Map.of());
    }

    /** Whether a repeat can succeed: the node cannot be reached, is late, or has no room now. */
    boolean mayPass() {
        return type.equals("unavailable")
                || type.equals("timeout")
                || type.equals("limit") && value.containsKey("retryAfter");
    }

    /** Returns the type of the error: {@code badInput}, {@code denied}, {@code unavailable} and so on. */
    public String type() {
        return type;
    }

    /** Returns the message: what failed, where, and what to do. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** Returns the path of the step that ended the run, or null. */
    public @Nullable String step() {
        return step;
    }

    /** Returns the run that failed; null if there was none. */
    public @Nullable String run() {
        return run;
    }

    /** Returns an error object that can be sent. */
    Map<String, ?> object() {
        return value.isEmpty() ? Map.of("type", type, "detail", detail()) : value;
    }

    /** Returns the whole error object; empty if none was received. */
    public Map<String, ?> value() {
        return value;
    }
}
