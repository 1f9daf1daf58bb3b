package dev.muster.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error of the plan language: its type, a detail for people, and further fields for programs.
 *
 * <p>Code that executes a step fails with this exception only. Any other exception is treated as {@link ErrorType#INTERNAL}.
 */
public final class MusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorType type;
    private final transient Map<String, Object> more;

    /** An error without further fields. */
    public MusterException(ErrorType type, String detail) {
        this(type, detail, Map.of(), null);
    }

    /** An error with its cause. The cause is only logged. */
    public MusterException(ErrorType type, String detail, @Nullable Throwable cause) {
        this(type, detail, Map.of(), cause);
    }

    /**
     * An error with further fields.
     *
     * @param more further fields of the error object as JSON values, such as {@code status} or {@code code}
     */
    public MusterException(ErrorType type, String detail, Map<String, Object> more, @Nullable Throwable cause) {
        super(detail, cause);
        this.type = type;
        this.more = Map.copyOf(more);
    }

    /** The type of the error. */
    public ErrorType type() {
        return type;
    }

    /** The detail for people: what failed, where, and what to do. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** Further fields of the error object. */
    public Map<String, Object> more() {
        return more;
    }

    /** The error object as a JSON value: {@code {type, detail, …}}. */
    public Map<String, Object> toValue() {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", type.word());
        value.put("detail", detail());
        value.putAll(more);
        return value;
    }
}
