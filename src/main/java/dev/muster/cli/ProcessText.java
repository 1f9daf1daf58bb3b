package dev.muster.cli;

import dev.muster.text.Utf8;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/**
 * The texts that the operating system passes to the process: command-line arguments, environment variables and file
 * names. They are read as UTF-8, whatever the locale.
 *
 * <p>A JVM without a UTF-8 locale decodes these texts with another charset and replaces unknown bytes with U+FFFD.
 * Arguments and variables that are not plain ASCII are therefore read again, as bytes, from {@code /proc}. A text that
 * cannot be recovered exactly is rejected, never changed silently. Safe on any thread.
 *
 * @param words the command line as in {@code /proc/self/cmdline}: each argument followed by a zero byte; null if
 *     unreadable
 * @param variables the environment in the same form; null if unreadable
 * @param encoding the charset with which the JVM decodes such texts and encodes file names
 */
public record ProcessText(byte @Nullable [] words, byte @Nullable [] variables, Charset encoding) {

    private static final char UNKNOWN = '\ufffd';

    /** The texts of this process, read on first use, which is rare. */
    private static final class Own {
        static final ProcessText TEXT = new ProcessText(bytes("cmdline"), bytes("environ"), jvmEncoding());
    }

    /**
     * The command-line arguments of this process.
     *
     * @param args the arguments as decoded by the JVM
     * @throws UsageException if an argument cannot be read exactly
     */
    public static List<String> arguments(String[] args) {
        return Arrays.stream(args).allMatch(ProcessText::isAscii) ? List.of(args) : Own.TEXT.exactly(args);
    }

    /**
     * An environment variable of this process; null if it is not set.
     *
     * @throws UsageException if the value cannot be read exactly
     */
    static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || isAscii(value) ? value : Own.TEXT.exactly(name, value);
    }

    /**
     * The path of a file name.
     *
     * @param what the place of the name, for errors
     * @throws UsageException if the JVM cannot express the name as a path
     */
    public static Path file(String what, String name) {
        return Own.TEXT.path(what, name);
    }

    /** The exact arguments, when not all are plain ASCII. */
    List<String> exactly(String[] args) {
        List<byte[]> raw = words == null ? List.of() : split(words);
        List<byte[]> last = raw.size() < args.length ? List.of() : raw.subList(raw.size() - args.length, raw.size());
        // Arguments from an argument file do not appear in the system's command line.
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

    /** The exact value of a variable that is not plain ASCII. */
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

    private static String decoded(String what, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (Utf8.firstWrong(bytes, 0, bytes.length) >= 0) {
            throw new UsageException(
                    what + " is not UTF-8 (it reads \"" + text + "\"): write it in UTF-8, whatever the locale");
        }
        return text;
    }

    /** A text as decoded by the JVM, if it is certain to be exact. */
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
