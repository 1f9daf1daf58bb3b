package dev.muster.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error of the plan language's table: its type, the detail for people, and more fields for programs.
 *
 * <p>Whatever executes a step fails with this and nothing else; anything else that arrives is {@link ErrorType#INTERNAL}.
 */
public final class MusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorType type;
    private final transient Map<String, Object> more;

    /** An error without further fields. */
    public MusterException(ErrorType type, String detail) {
        this(type, detail, Map.of(), null);
    }

    /** An error with its cause, which stays in the log. */
    public MusterException(ErrorType type, String detail, @Nullable Throwable cause) {
        this(type, detail, Map.of(), cause);
    }

    /**
     * An error.
     *
     * @param more further fields of the error object as JSON values, {@code status} or {@code code} say
     */
    public MusterException(ErrorType type, String detail, Map<String, Object> more, @Nullable Throwable cause) {
        super(detail, cause);
        this.type = type;
        this.more = Map.copyOf(more);
    }

    /** What kind of error it is. */
    public ErrorType type() {
        return type;
    }

    /** What, where and what to do. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** Further fields of the error object. */
    public Map<String, Object> more() {
        return more;
    }

    /** The error object: {@code {type, detail, …}}. */
    public Map<String, Object> toValue() {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", type.word());
        value.put("detail", detail());
        value.putAll(more);
        return value;
    }
}
