package dev.muster.json;

/**
 * Is told how much memory a value takes while it is read, a piece at a time, and may end the reading by what it throws.
 *
 * <p>The bytes are an estimate of what the JVM's heap holds, rather too much than too little: {@code {}} of two characters
 * takes thirty times as much as an object.
 */
@FunctionalInterface
public interface JsonMeter {

    /** Counts nothing. */
    JsonMeter NONE = bytes -> {};

    /** So many bytes more. */
    void takes(long bytes);
}
