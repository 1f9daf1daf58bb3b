package dev.muster.json;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The writer of one value as UTF-8, into a growing buffer, or through a fixed buffer into a stream. */
final class JsonWrite {
    /** Twice the depth of any value that can be read. A deeper value is an error of the program, and possibly contains itself. */
    private static final int MAX_NESTING = 1_000;

    private static final int FIRST_SIZE = 512;
    private static final int PIECE = 8_192;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private final long limitBytes;
    private final boolean pretty;
    private final @Nullable OutputStream out;
    private byte[] buffer;
    private int used;
    private long drained;
    private int depth;

    JsonWrite(long limitBytes, boolean pretty, @Nullable OutputStream out) {
        this.limitBytes = limitBytes;
        this.pretty = pretty;
        this.out = out;
        this.buffer = new byte[out == null ? FIRST_SIZE : PIECE];
    }

    byte[] bytes() {
        checkLimit();
        return Arrays.copyOf(buffer, used);
    }

    String text() {
        checkLimit();
        return new String(buffer, 0, used, StandardCharsets.UTF_8);
    }

    void drain() {
        checkLimit();
        if (out != null) {
            try {
                out.write(buffer, 0, used);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            drained += used;
            used = 0;
        }
    }

    void value(@Nullable Object value) {
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Map<?, ?> map) {
            object(map);
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value == null) {
            ascii("null");
        } else if (value instanceof Boolean truth) {
            ascii(truth ? "true" : "false");
        } else {
            throw new IllegalArgumentException(
                    "a " + value.getClass().getName() + " is not a value that JSON can represent");
        }
    }

    private void object(Map<?, ?> map) {
        open('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            separate(first);
            first = false;
            if (!(entry.getKey() instanceof String name)) {
                throw new IllegalArgumentException("a key must be a String, not " + entry.getKey());
            }
            string(name);
            put(':');
            if (pretty) {
                put(' ');
            }
            value(entry.getValue());
        }
        close('}', first);
    }

    private void list(List<?> list) {
        open('[');
        boolean first = true;
        for (Object item : list) {
            separate(first);
            first = false;
            value(item);
        }
        close(']', first);
    }

    private void open(char bracket) {
        if (++depth > MAX_NESTING) {
            throw new JsonException("a value nested deeper than " + MAX_NESTING + " levels cannot be written");
        }
        put(bracket);
    }

    private void separate(boolean first) {
        if (!first) {
            put(',');
        }
        newLine(depth);
    }

    private void close(char bracket, boolean empty) {
        depth--;
        if (!empty) {
            newLine(depth);
        }
        put(bracket);
    }

    private void newLine(int levels) {
        if (pretty) {
            put('\n');
            for (int i = 0; i < levels; i++) {
                put(' ');
                put(' ');
            }
        }
    }

    private void number(Number number) {
        if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new JsonException(number + " cannot be represented in JSON");
            }
            ascii(number.toString());
        } else if (number instanceof BigDecimal decimal) {
            // Plain digits for people, unless a large scale would need too many of them.
            boolean plain = decimal.scale() >= 0 && decimal.scale() <= 40;
            ascii(plain ? decimal.toPlainString() : decimal.toString());
        } else if (number instanceof Long
                || number instanceof Integer
                || number instanceof BigInteger
                || number instanceof Short
                || number instanceof Byte) {
            ascii(number.toString());
        } else {
            throw new IllegalArgumentException(
                    "a " + number.getClass().getName() + " is not a number that JSON can represent");
        }
    }

    private void string(String text) {
        put('"');
        int length = text.length();
        for (int start = 0; start < length; start += PIECE) {
            stretch(text, start, Math.min(length, start + PIECE));
        }
        put('"');
    }

    /** Writes a part of a string. A surrogate pair that spans two parts is written with the first part. */
    private void stretch(String text, int start, int end) {
        reserve((end - start) * 6 + 4);
        byte[] to = buffer;
        int at = used;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (c >= ' ' && c != '"' && c != '\\') {
                    to[at++] = (byte) c;
                } else {
                    at = escape(c, to, at);
                }
            } else if (c < 0x800) {
                to[at++] = (byte) (0xC0 | c >> 6);
                to[at++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                to[at++] = (byte) (0xE0 | c >> 12);
                to[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                to[at++] = (byte) (0x80 | c & 0x3F);
            } else {
                at = surrogate(text, i, to, at);
            }
        }
        used = at;
    }

    private static int surrogate(String text, int i, byte[] to, int start) {
        int at = start;
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
            int point = Character.toCodePoint(c, text.charAt(i + 1));
            to[at++] = (byte) (0xF0 | point >> 18);
            to[at++] = (byte) (0x80 | point >> 12 & 0x3F);
            to[at++] = (byte) (0x80 | point >> 6 & 0x3F);
            to[at++] = (byte) (0x80 | point & 0x3F);
            return at;
        }
        boolean second = Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        return second ? at : escapeCode(c, to, at);
    }

    private static int escape(char c, byte[] to, int at) {
        switch (c) {
            case '"', '\\':
                return two(c, to, at);
            case '\n':
                return two('n', to, at);
            case '\r':
                return two('r', to, at);
            case '\t':
                return two('t', to, at);
            case '\b':
                return two('b', to, at);
            case '\f':
                return two('f', to, at);
            default:
                return escapeCode(c, to, at);
        }
    }

    private static int two(char c, byte[] to, int at) {
        to[at] = '\\';
        to[at + 1] = (byte) c;
        return at + 2;
    }

    private static int escapeCode(char c, byte[] to, int start) {
        int at = two('u', to, start);
        for (int shift = 12; shift >= 0; shift -= 4) {
            to[at++] = HEX[c >> shift & 0xF];
        }
        return at;
    }

    private void ascii(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            buffer[used++] = (byte) text.charAt(i);
        }
    }

    private void put(char c) {
        if (used == buffer.length) {
            reserve(1);
        }
        buffer[used++] = (byte) c;
    }

    private void reserve(int count) {
        if (count <= buffer.length - used) {
            return;
        }
        drain();
        if (count > buffer.length - used) {
            // The buffer grows little beyond the limit, so that a value that is too large does not need twice the
            // memory to be rejected.
            long roomy = Math.min(Math.min(used * 2L, Integer.MAX_VALUE - 8), limitBytes);
            long size = Math.max((long) used + count, roomy);
            if (size > Integer.MAX_VALUE - 8) {
                throw new JsonTooLargeException(Integer.MAX_VALUE - 8L);
            }
            buffer = Arrays.copyOf(buffer, (int) size);
        }
    }

    private void checkLimit() {
        if (drained + used > limitBytes) {
            throw new JsonTooLargeException(limitBytes);
        }
    }
}
