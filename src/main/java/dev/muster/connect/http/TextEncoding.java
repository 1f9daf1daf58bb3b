package dev.muster.connect.http;

import dev.muster.text.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An encoding of the <a href="https://encoding.spec.whatwg.org/">WHATWG Encoding Standard</a>, found by any of its labels:
 * {@code iso-8859-1} means windows-1252, {@code gb2312} means GBK, {@code shift_jis} means windows-31j. Unlike a browser's,
 * decoding is strict. Immutable; safe on any thread.
 */
final class TextEncoding {

    private static final int UPPER = 0x80;
    private static final char NONE = '\uFFFF';
    private static final String USER_DEFINED = "x-user-defined";
    private static final String REFUSED = "replacement";

    /** Characters from 0xA0 on of encodings that the JDK lacks. */
    private static final Map<String, String> UPPER_HALVES = Map.of(
            "iso-8859-10",
            "\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ",
            "iso-8859-14",
            "\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ");

    /** The default encoding. Declared below the table, which the constructor reads. */
    static final TextEncoding UTF_8 = new TextEncoding("utf-8", "utf-8");

    private static final Pattern CHARSET = Pattern.compile(";\\s*charset\\s*=\\s*(?:\"([^\"]*)\"|([^;\\s]*))");

    private final String name;
    private final @Nullable Charset charset;

    /** For an encoding of one byte a character, the characters of the bytes from 0x80 on; else null. */
    private final char @Nullable [] upperHalf;

    private TextEncoding(String name, String charset) {
        this.name = name;
        this.charset = Charset.isSupported(charset) ? Charset.forName(charset) : null;
        this.upperHalf = upperHalf(name, this.charset);
    }

    /** The failure of decoding, with the index of the first malformed byte, from 0. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int at;

        MalformedException(int at) {
            this.at = at;
        }

        int at() {
            return at;
        }
    }

    /**
     * The encoding of a label in lower case; null if the label is unknown, names an encoding that the standard refuses as
     * unsafe, or this JVM lacks the encoding.
     */
    static @Nullable TextEncoding of(String label) {
        TextEncoding known = Labels.ALL.get(label.strip());
        return known == null || known.charset == null && known.upperHalf == null ? null : known;
    }

    /** The encoding of a label, or UTF-8 without a label and for JSON that is labelled ASCII, because JSON is UTF-8. */
    static @Nullable TextEncoding of(String label, boolean json) {
        boolean isUtf8 = label.isEmpty() || json && (label.equals("us-ascii") || label.equals("ascii"));
        return isUtf8 ? UTF_8 : of(label);
    }

    /** Decodes bytes. A byte-order mark overrides the label and is dropped. */
    String decode(byte[] bytes) throws MalformedException {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return decodeUtf8(bytes, 3);
        }
        if (startsWith(bytes, 0xFE, 0xFF)) {
            return decode(bytes, 2, StandardCharsets.UTF_16BE);
        }
        if (startsWith(bytes, 0xFF, 0xFE)) {
            return decode(bytes, 2, StandardCharsets.UTF_16LE);
        }
        if (upperHalf != null) {
            return decode(bytes, upperHalf);
        }
        return isUtf8() ? decodeUtf8(bytes, 0) : decode(bytes, 0, Objects.requireNonNull(charset));
    }

    /** The charset of a content type in lower case; empty if it names none. */
    static String label(String contentType) {
        if (!contentType.contains("charset")) {
            return "";
        }
        Matcher matcher = CHARSET.matcher(contentType);
        return !matcher.find() ? "" : matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    /**
     * Encodes a text without a byte-order mark, so that {@link #decode} returns the same text.
     *
     * @throws IllegalArgumentException with the reason if the encoding lacks a character of the text
     */
    byte[] encode(String text) {
        if (isUtf8()) {
            return Utf8.encode(text);
        }
        if (upperHalf != null) {
            return encode(text, upperHalf);
        }
        CharBuffer in = CharBuffer.wrap(text);
        try {
            ByteBuffer out = Objects.requireNonNull(charset)
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(in);
            byte[] bytes = new byte[out.remaining()];
            out.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw lacks(text, in.position());
        }
    }

    private byte[] encode(String text, char[] upperHalf) {
        var bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            int at = c < UPPER ? c - UPPER : indexOf(upperHalf, c);
            if (c == NONE || at >= UPPER) {
                throw lacks(text, i);
            }
            bytes[i] = (byte) (UPPER + at);
        }
        return bytes;
    }

    private static int indexOf(char[] upperHalf, char c) {
        int at = 0;
        while (at < UPPER && upperHalf[at] != c) {
            at++;
        }
        return at;
    }

    private IllegalArgumentException lacks(String text, int at) {
        return new IllegalArgumentException(
                name + " lacks character " + (text.codePointCount(0, at) + 1) + " of the text; utf-8 has all");
    }

    boolean isUtf8() {
        return this == UTF_8 || name.equals(UTF_8.name);
    }

    private static String decodeUtf8(byte[] bytes, int from) throws MalformedException {
        int wrong = Utf8.firstWrong(bytes, from, bytes.length - from);
        if (wrong >= 0) {
            throw new MalformedException(wrong);
        }
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    private static String decode(byte[] bytes, char[] upperHalf) throws MalformedException {
        var text = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            text[i] = bytes[i] >= 0 ? (char) bytes[i] : upperHalf[bytes[i] + UPPER];
            if (text[i] == NONE) {
                throw new MalformedException(i);
            }
        }
        return new String(text);
    }

    private static String decode(byte[] bytes, int from, Charset charset) throws MalformedException {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
        CharBuffer out = CharBuffer.allocate((int) Math.ceil(in.remaining() * (double) decoder.maxCharsPerByte()));
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isError()) {
            result = decoder.flush(out);
        }
        if (result.isError()) {
            throw new MalformedException(in.position());
        }
        return out.flip().toString();
    }

    private static boolean startsWith(byte[] bytes, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static char @Nullable [] upperHalf(String name, @Nullable Charset charset) {
        String table = UPPER_HALVES.get(name);
        boolean isOfWindows = name.startsWith("windows-") && charset != null;
        if (table == null && !isOfWindows && !name.equals(USER_DEFINED)) {
            return null;
        }
        var half = new char[UPPER];
        for (int i = 0; i < UPPER; i++) {
            char c1 = (char) (UPPER + i);
            if (table != null) {
                half[i] = i < 0x20 ? c1 : table.charAt(i - 0x20);
            } else if (isOfWindows) {
                // A control character where the JDK, unlike the standard, has none.
                char found = new String(new byte[] {(byte) c1}, charset).charAt(0);
                half[i] = found != '\uFFFD' ? found : i < 0x20 ? c1 : NONE;
            } else {
                half[i] = (char) (0xF780 + i);
            }
        }
        return half;
    }

    @Override
    public String toString() {
        return name;
    }

    /** The table of the standard, read at the first label other than UTF-8. */
    private static final class Labels {
        static final Map<String, TextEncoding> ALL = read();

        private Labels() {}

        private static Map<String, TextEncoding> read() {
            var all = new HashMap<String, TextEncoding>();
            try (InputStream in =
                    Objects.requireNonNull(TextEncoding.class.getResourceAsStream("charsets.txt"), "charsets.txt")) {
                String table = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                table.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                    String[] words = line.split(" ", -1);
                    if (!words[0].equals(REFUSED)) {
                        var encoding = new TextEncoding(words[0], words[1]);
                        for (int i = 2; i < words.length; i++) {
                            all.put(words[i], encoding);
                        }
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.copyOf(all);
        }
    }
}
