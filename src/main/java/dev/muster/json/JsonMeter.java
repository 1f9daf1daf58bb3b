package dev.muster.json;

/**
 * A meter of the memory of a value while it is read. It receives the bytes in pieces of about 16 KiB, and can end the
 * reading by throwing an exception. Called on the thread that reads.
 *
 * <p>The bytes are an estimate of the heap memory, rather too high than too low. {@code {}} has two characters, but takes
 * about thirty times as many bytes.
 */
@FunctionalInterface
public interface JsonMeter {

    /** A meter that ignores its input. */
    JsonMeter NONE = bytes -> {};

    /** Charges for further bytes. */
    void takes(long bytes);
}
