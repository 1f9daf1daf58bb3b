package dev.muster.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The texts that the operating system hands to the process: the words of the command line, the variables of the environment, and the
 * names of files. They are UTF-8, whatever the locale.
 *
 * <p>A JVM without a UTF-8 locale reads them by another encoding and puts U+FFFD in the place of what that does not have. So words and
 * variables that are not plain ASCII are read again from {@code /proc}, byte by byte. What cannot be had exactly is refused: nothing that
 * was typed is ever changed silently. Safe on every thread.
 *
 * @param words the command line as the system keeps it: words of bytes, each with a zero behind it; null where it cannot be read
 * @param variables the environment, in the same form
 * @param encoding the encoding by which the JVM reads such texts and writes the names of files
 */
record ProcessText(byte @Nullable [] words, byte @Nullable [] variables, Charset encoding) {

    private static final char UNKNOWN = '\ufffd';

    /** This process's own; read when it is first needed, which it hardly ever is. */
    private static final class Own {
        static final ProcessText TEXT = new ProcessText(bytes("cmdline"), bytes("environ"), jvmEncoding());
    }

    /**
     * The words of the command line of this process.
     *
     * @param args as the JVM has read them
     * @throws UsageException if one of them cannot be read exactly
     */
    static List<String> arguments(String[] args) {
        return Arrays.stream(args).allMatch(ProcessText::isAscii) ? List.of(args) : Own.TEXT.exactly(args);
    }

    /**
     * A variable of the environment of this process; null if it is not set.
     *
     * @throws UsageException if it cannot be read exactly
     */
    static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || isAscii(value) ? value : Own.TEXT.exactly(name, value);
    }

    /**
     * The file of a name.
     *
     * @param what the place of the name, for an error
     * @throws UsageException if no file of this name can be reached
     */
    static Path file(String what, String name) {
        return Own.TEXT.path(what, name);
    }

    /** The words, where not all of them are plain ASCII. */
    List<String> exactly(String[] args) {
        List<byte[]> raw = words == null ? List.of() : split(words);
        List<byte[]> last = raw.size() < args.length ? List.of() : raw.subList(raw.size() - args.length, raw.size());
        // The words of a file of arguments are not on the command line that the system keeps.
        boolean isOurs = last.size() == args.length;
        for (int i = 0; i < last.size(); i++) {
            isOurs &= new String(last.get(i), encoding).equals(args[i]);
        }
        var exact = new ArrayList<String>();
        for (int i = 0; i < args.length; i++) {
            String what = "argument " + (i + 1);
            exact.add(isOurs ? decoded(what, last.get(i)) : certain(what, args[i]));
        }
        return exact;
    }

    /** A variable that is not plain ASCII. */
    String exactly(String name, String value) {
        for (byte[] entry : variables == null ? List.<byte[]>of() : split(variables)) {
            String read = new String(entry, encoding);
            if (read.equals(name + "=" + value)) {
                byte[] bytes = Arrays.copyOfRange(entry, name.length() + 1, entry.length);
                return decoded("the variable " + name, bytes);
            }
        }
        return certain("the variable " + name, value);
    }

    /** The file of a name. */
    Path path(String what, String name) {
        if (!isAscii(name) && !isUtf8()) {
            throw new UsageException(what + ": the file \"" + name + "\" cannot be reached, as " + locale());
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UsageException(what + ": \"" + name + "\" cannot be the name of a file: " + e.getReason());
        }
    }

    private String decoded(String what, byte[] bytes) {
        return utf8(bytes)
                .orElseThrow(() -> new UsageException(what + " is not UTF-8 (it reads \""
                        + new String(bytes, StandardCharsets.UTF_8) + "\"): write it in UTF-8, whatever the locale"));
    }

    /** A text as the JVM has read it, where nothing else is known of it. */
    private String certain(String what, String text) {
        if (isAscii(text) || isUtf8() && text.indexOf(UNKNOWN) < 0) {
            return text;
        }
        throw new UsageException(
                what + " cannot be read exactly (\"" + text + "\"), as " + (isUtf8() ? "it is not UTF-8" : locale()));
    }

    private String locale() {
        return "the JVM's locale is not UTF-8 but " + encoding.name() + ": set LC_ALL=C.UTF-8";
    }

    private boolean isUtf8() {
        return encoding.equals(StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static List<byte[]> split(byte[] all) {
        var parts = new ArrayList<byte[]>();
        int from = 0;
        for (int at = 0; at < all.length; at++) {
            if (all[at] == 0) {
                parts.add(Arrays.copyOfRange(all, from, at));
                from = at + 1;
            }
        }
        return parts;
    }

    private static byte @Nullable [] bytes(String what) {
        try {
            return Files.readAllBytes(Path.of("/proc/self/" + what));
        } catch (IOException e) {
            return null;
        }
    }

    private static Charset jvmEncoding() {
        try {
            return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.US_ASCII;
        }
    }
}
