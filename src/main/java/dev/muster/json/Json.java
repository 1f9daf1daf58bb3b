package dev.muster.json;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader and writer of JSON (RFC 8259). The package description lists the types of values.
 *
 * <p>Safe on any thread. Reading is strict: one value and nothing after it, UTF-8 only, no repeated keys in an object. A
 * byte-order mark at the start is skipped. An invalid text is a {@link JsonException}. Writing a value of another class is
 * an {@link IllegalArgumentException}; writing a number that is not finite, or a value of more than 1,000 levels,
 * is a {@link JsonException}.
 */
public final class Json {
    private static final long UNBOUNDED = Long.MAX_VALUE;

    private Json() {}

    /** Parses a text with the default limits. */
    public static @Nullable Object parse(String text) {
        return parse(text, JsonLimits.DEFAULT);
    }

    /** Parses a text. */
    public static @Nullable Object parse(String text, JsonLimits limits) {
        return JsonRead.text(text, limits, JsonMeter.NONE);
    }

    /**
     * Parses several texts with the default limits, and returns the values in the same order. Same result as parsing each
     * text, and faster for short texts.
     */
    public static List<@Nullable Object> parseEach(List<String> texts) {
        return JsonReadEach.of(texts, JsonLimits.DEFAULT);
    }

    /** Parses UTF-8 bytes with the default limits. */
    public static @Nullable Object parse(byte[] utf8) {
        return parse(utf8, 0, utf8.length, JsonLimits.DEFAULT);
    }

    /** Parses UTF-8 bytes. */
    public static @Nullable Object parse(byte[] utf8, JsonLimits limits) {
        return parse(utf8, 0, utf8.length, limits);
    }

    /** Parses a part of an array of UTF-8 bytes. Positions in errors count from {@code offset}. */
    public static @Nullable Object parse(byte[] utf8, int offset, int length, JsonLimits limits) {
        return JsonRead.bytes(utf8, offset, length, 1, limits, JsonMeter.NONE);
    }

    /**
     * Parses a part of an array of UTF-8 bytes that begins at {@code line} of a larger text. Lines in errors count from
     * there.
     *
     * @param line the number of the part's first line, from 1
     * @param meter charged for the memory of the value while it is read
     */
    public static @Nullable Object parse(
            byte[] utf8, int offset, int length, int line, JsonLimits limits, JsonMeter meter) {
        return JsonRead.bytes(utf8, offset, length, line, limits, meter);
    }

    /** Parses a text with the default limits. The meter is charged for the memory of the value while it is read. */
    public static @Nullable Object parse(String text, JsonMeter meter) {
        return JsonRead.text(text, JsonLimits.DEFAULT, meter);
    }

    /** Parses UTF-8 bytes with the default limits. The meter is charged for the memory of the value while it is read. */
    public static @Nullable Object parse(byte[] utf8, JsonMeter meter) {
        return JsonRead.bytes(utf8, 0, utf8.length, 1, JsonLimits.DEFAULT, meter);
    }

    /**
     * Charges a meter for the memory of a value that was read without one. An object that occurs several times in the value
     * is charged each time.
     */
    public static void weigh(@Nullable Object value, JsonMeter meter) {
        var weighing = new HeapEstimate(meter);
        weighing.value(value);
        weighing.ends();
    }

    /** Writes a value as JSON on one line, without spaces. */
    public static String write(@Nullable Object value) {
        JsonWrite write = new JsonWrite(UNBOUNDED, false, null);
        write.value(value);
        return write.text();
    }

    /** Writes a value as JSON in UTF-8, on one line, without spaces. */
    public static byte[] writeBytes(@Nullable Object value) {
        return writeBytes(value, UNBOUNDED);
    }

    /**
     * Writes a value as JSON in UTF-8, up to a number of bytes.
     *
     * @throws JsonTooLargeException as soon as the limit is exceeded; the rest of the value is not read
     */
    public static byte[] writeBytes(@Nullable Object value, long limitBytes) {
        JsonWrite write = new JsonWrite(limitBytes, false, null);
        write.value(value);
        return write.bytes();
    }

    /** Writes a value as JSON in UTF-8 to a stream, in pieces of some kilobytes. Does not flush or close the stream. */
    public static void write(@Nullable Object value, OutputStream out) throws IOException {
        JsonWrite write = new JsonWrite(UNBOUNDED, false, out);
        try {
            write.value(value);
            write.drain();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Writes a value as JSON for people: one entry a line, two spaces a level, keys in their order, no line feed at the end. */
    public static String pretty(@Nullable Object value) {
        JsonWrite write = new JsonWrite(UNBOUNDED, true, null);
        write.value(value);
        return write.text();
    }

    /**
     * Writes a value as {@link #pretty} JSON in UTF-8, up to a number of bytes.
     *
     * @throws JsonTooLargeException as soon as the limit is exceeded; indentation can make deep values a hundred times
     *     larger
     */
    public static byte[] prettyBytes(@Nullable Object value, long limitBytes) {
        JsonWrite write = new JsonWrite(limitBytes, true, null);
        write.value(value);
        return write.bytes();
    }

    /**
     * Whether two values are equal as JSON: numbers by value ({@code 1}, {@code 1.0} and {@code 1.00} are equal), objects
     * regardless of the order of their keys, lists in order.
     */
    public static boolean equal(@Nullable Object one, @Nullable Object other) {
        return JsonEqual.equal(one, other);
    }

    /** A hash code that {@linkplain #equal equal} values share. */
    public static int hash(@Nullable Object value) {
        return JsonEqual.hash(value);
    }
}
