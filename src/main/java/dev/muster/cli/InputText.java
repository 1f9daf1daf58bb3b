package dev.muster.cli;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reader of {@code --input}: JSON text, or {@code @} and the name of a JSON file of at most 16 MiB; {@code @-} is standard input. */
public final class InputText {

    /** The name of standard input among files. */
    static final String STDIN = "-";

    private static final int MAX_BYTES = 16 << 20;

    private InputText() {}

    /**
     * Reads the input; an empty object if the text is null.
     *
     * @throws UsageException with the position if the text is not JSON or the file cannot be read
     */
    static @Nullable Object read(@Nullable String text, InputStream stdin) {
        return text == null ? Map.of() : read("--input", text, stdin);
    }

    /**
     * Reads the JSON value of a text.
     *
     * @param what the name of the text's place on the command line, for errors
     * @throws UsageException with the position if the text is not JSON or the file cannot be read
     */
    public static @Nullable Object read(String what, String text, InputStream stdin) {
        if (!text.startsWith("@")) {
            try {
                return Json.parse(text);
            } catch (JsonException e) {
                throw wrong(what, e);
            }
        }
        String name = text.substring(1);
        boolean isStdin = name.equals(STDIN);
        try (InputStream in = isStdin ? stdin : Files.newInputStream(ProcessText.file(what, name))) {
            byte[] utf8 = in.readNBytes(MAX_BYTES + 1);
            if (utf8.length > MAX_BYTES) {
                throw new UsageException(what + ": " + name + " is larger than 16 MiB");
            }
            return Json.parse(utf8);
        } catch (JsonException e) {
            throw wrong(isStdin ? "stdin" : name, e);
        } catch (NoSuchFileException e) {
            throw new UsageException(what + ": there is no file " + name);
        } catch (IOException e) {
            if (isStdin) {
                throw new UsageException(what + ": " + e.getMessage());
            }
            if (Files.isDirectory(Path.of(name))) {
                throw new UsageException(what + ": " + name + " is a folder, where a file is needed");
            }
            throw new UsageException(
                    what + ": " + name + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /**
     * Checks that plan and input are not both read from standard input.
     *
     * @throws UsageException if they are
     */
    static void requireOwnPlace(@Nullable String text, String planFile) {
        if ("@-".equals(text) && planFile.equals(STDIN)) {
            throw new UsageException(
                    "only one of the plan (-) and the input (--input @-) can be standard input; put the other into a file");
        }
    }

    private static UsageException wrong(String where, JsonException e) {
        return new UsageException(where + ":" + e.line() + ":" + e.column() + ": " + e.reason());
    }
}
