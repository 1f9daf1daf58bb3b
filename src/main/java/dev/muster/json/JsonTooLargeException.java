package dev.muster.json;

/** The error of a value whose JSON exceeds the caller's limit. Writing stopped there. */
public final class JsonTooLargeException extends JsonException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    JsonTooLargeException(long limitBytes) {
        super("the value takes more than " + limitBytes + " bytes as JSON");
        this.limitBytes = limitBytes;
    }

    /** The limit that was exceeded, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}
