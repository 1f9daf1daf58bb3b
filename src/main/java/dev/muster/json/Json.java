package dev.muster.json;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON (RFC 8259), text to values and back; the package says which values there are.
 *
 * <p>All methods may be called from any thread. Reading is strict: one value and nothing after it, UTF-8 only, no key
 * twice in an object. A byte-order mark at the start is skipped. Whatever is wrong with a text is a
 * {@link JsonException}; a value of a class that is none of ours is an {@link IllegalArgumentException}.
 */
public final class Json {
    private static final long UNBOUNDED = Long.MAX_VALUE;

    private Json() {}

    /** The value that a text says, within the default limits. */
    public static @Nullable Object parse(String text) {
        return parse(text, JsonLimits.DEFAULT);
    }

    /** The value that a text says. */
    public static @Nullable Object parse(String text, JsonLimits limits) {
        return JsonRead.text(text, limits, JsonMeter.NONE);
    }

    /**
     * The values that texts say, in their order, within the default limits: the same as of one after the other, and cheaper where
     * they are short.
     */
    public static List<@Nullable Object> parseEach(List<String> texts) {
        return JsonReadEach.of(texts, JsonLimits.DEFAULT);
    }

    /** The value that UTF-8 bytes say, within the default limits. */
    public static @Nullable Object parse(byte[] utf8) {
        return parse(utf8, 0, utf8.length, JsonLimits.DEFAULT);
    }

    /** The value that UTF-8 bytes say. */
    public static @Nullable Object parse(byte[] utf8, JsonLimits limits) {
        return parse(utf8, 0, utf8.length, limits);
    }

    /** The value that a part of an array of UTF-8 bytes says; positions in errors count from {@code offset}. */
    public static @Nullable Object parse(byte[] utf8, int offset, int length, JsonLimits limits) {
        return JsonRead.bytes(utf8, offset, length, 1, limits, JsonMeter.NONE);
    }

    /** The same of a part that begins at a line of something larger: lines in errors count from that one. */
    public static @Nullable Object parse(
            byte[] utf8, int offset, int length, int line, JsonLimits limits, JsonMeter meter) {
        return JsonRead.bytes(utf8, offset, length, line, limits, meter);
    }

    /** The value that a text says, within the default limits; whoever holds the value pays for it while it is read. */
    public static @Nullable Object parse(String text, JsonMeter meter) {
        return JsonRead.text(text, JsonLimits.DEFAULT, meter);
    }

    /** The value that UTF-8 bytes say, within the default limits; whoever holds the value pays for it while it is read. */
    public static @Nullable Object parse(byte[] utf8, JsonMeter meter) {
        return JsonRead.bytes(utf8, 0, utf8.length, 1, JsonLimits.DEFAULT, meter);
    }

    /** Tells a meter what a value takes that was read before without one; it stands at no place twice. */
    public static void weigh(@Nullable Object value, JsonMeter meter) {
        var weighing = new JsonWeighing(meter);
        weighing.value(value);
        weighing.ends();
    }

    /** A value as JSON on one line, without spaces. */
    public static String write(@Nullable Object value) {
        JsonWrite write = new JsonWrite(UNBOUNDED, false, null);
        write.value(value);
        return write.text();
    }

    /** A value as JSON in UTF-8, on one line, without spaces. */
    public static byte[] writeBytes(@Nullable Object value) {
        return writeBytes(value, UNBOUNDED);
    }

    /**
     * A value as JSON in UTF-8, if it takes no more than so many bytes.
     *
     * @throws JsonTooLargeException as soon as the bound is passed; the rest is not even looked at
     */
    public static byte[] writeBytes(@Nullable Object value, long limitBytes) {
        JsonWrite write = new JsonWrite(limitBytes, false, null);
        write.value(value);
        return write.bytes();
    }

    /** Writes a value as JSON in UTF-8, in pieces of some kilobytes; neither flushes nor closes the stream. */
    public static void write(@Nullable Object value, OutputStream out) throws IOException {
        JsonWrite write = new JsonWrite(UNBOUNDED, false, out);
        try {
            write.value(value);
            write.drain();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A value as JSON for people: an entry a line, two spaces a level, keys in their order, no newline at the end. */
    public static String pretty(@Nullable Object value) {
        JsonWrite write = new JsonWrite(UNBOUNDED, true, null);
        write.value(value);
        return write.text();
    }

    /**
     * A value as {@link #pretty} JSON in UTF-8, if it takes no more than so many bytes.
     *
     * @throws JsonTooLargeException as soon as the bound is passed: deep values grow a hundredfold by their indentation
     */
    public static byte[] prettyBytes(@Nullable Object value, long limitBytes) {
        JsonWrite write = new JsonWrite(limitBytes, true, null);
        write.value(value);
        return write.bytes();
    }

    /** The same JSON on one line, without spaces. */
    public static String minify(String text) {
        return write(parse(text));
    }

    /**
     * Whether two values say the same: numbers by what they are worth ({@code 1}, {@code 1.0} and {@code 1.00} are
     * equal), objects whatever the order of their keys, lists in order.
     */
    public static boolean equal(@Nullable Object one, @Nullable Object other) {
        return JsonEqual.equal(one, other);
    }
}
