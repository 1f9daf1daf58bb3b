package dev.muster.json;

/** Says that a value takes more bytes as JSON than the caller allowed; writing stopped there. */
public final class JsonTooLargeException extends JsonException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    JsonTooLargeException(long limitBytes) {
        super("the value takes more than " + limitBytes + " bytes as JSON");
        this.limitBytes = limitBytes;
    }

    /** The bound that was passed, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}
