package dev.muster.config;

import dev.muster.text.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The references of one text: replaces {@code ${secret:NAME}}, {@code ${file:PATH}}, {@code ${env:NAME}} and
 * {@code ${env:NAME:-default}} by their values, and records which parts of the text are secret. For one use.
 *
 * <p>Values of {@code secret:} and {@code file:} are secret. The password of an address is secret too, in the text itself or
 * in a value of a variable. Values are not searched for further references.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^{}]*)(}?)");
    private static final Pattern VARIABLE = Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", Pattern.DOTALL);
    private static final Pattern SECRET = Pattern.compile("secret:([A-Za-z_][A-Za-z0-9_]*)");

    /**
     * The password of an address: after the user, up to the last {@code @} (people forget to encode an {@code @} in it), or
     * in the query.
     */
    private static final Pattern PASSWORD = Pattern.compile("://([^/?#:@\\s]*):([^/?#\\s]+)@|[?&]password=([^&#\\s]+)");

    private static final int MAX_FILE_BYTES = 64 * 1024;
    private static final int BESIDE_USER = 2;
    private static final int IN_QUERY = 3;

    /** The placeholder of a value while the text around it is searched. */
    private static final char STAND_IN = '\uE000';

    private final Path folder;
    private final Function<String, @Nullable String> env;
    private final Position at;
    private final Problems problems;
    private final StringBuilder outline = new StringBuilder();
    private final List<Value> values = new ArrayList<>();
    private boolean hasVariable;
    private boolean hasReference;

    /**
     * The references of one text.
     *
     * @param folder the folder to which paths are relative
     * @param env returns a variable of the environment
     * @param at the position of the text
     * @param problems the collector of problems; a reference that cannot be resolved stays as written
     */
    References(Path folder, Function<String, @Nullable String> env, Position at, Problems problems) {
        this.folder = folder;
        this.env = env;
        this.at = at;
        this.problems = problems;
    }

    /**
     * A text with its values.
     *
     * @param text the whole text
     * @param shown the text with {@code ***} for each secret
     * @param secrets the secret parts
     * @param passwords users and passwords of addresses, as written
     * @param hasReference whether the text had a reference
     * @param hasVariable whether the text had an {@code env} reference, which does not mark its value as secret
     */
    record Resolved(
            String text,
            String shown,
            Set<String> secrets,
            List<Login> passwords,
            boolean hasReference,
            boolean hasVariable) {}

    /** A user and a password of an address. */
    record Login(String user, String password) {}

    private record Value(String text, boolean isSecret) {}

    Resolved resolve(String text) {
        outline(text);
        List<Login> logins = new ArrayList<>();
        Set<String> secrets = new LinkedHashSet<>();
        var shown = new StringBuilder();
        int done = 0;
        Matcher found = PASSWORD.matcher(outline);
        while (found.find()) {
            int group = group(found);
            String user = group == BESIDE_USER ? expanded(found.start(1), found.end(1), false) : "";
            logins.add(new Login(user, expanded(found.start(group), found.end(group), false)));
            shown.append(expanded(done, found.start(group), true)).append(Masking.MASK);
            done = found.end(group);
        }
        shown.append(expanded(done, outline.length(), true));
        for (Value value : values) {
            if (value.isSecret) {
                secrets.add(value.text);
            }
            logins.addAll(logins(value.text));
        }
        // A password that equals its user's name is not a secret by itself.
        logins.stream()
                .filter(login -> !login.user().equals(login.password()))
                .forEach(login -> secrets.add(login.password()));
        secrets.remove("");
        return new Resolved(
                expanded(0, outline.length(), false), shown.toString(), secrets, logins, hasReference, hasVariable);
    }

    private static List<Login> logins(String text) {
        return PASSWORD.matcher(text)
                .results()
                .map(found -> new Login(found.group(1) == null ? "" : found.group(1), found.group(group(found))))
                .toList();
    }

    private static int group(MatchResult found) {
        return found.group(BESIDE_USER) == null ? IN_QUERY : BESIDE_USER;
    }

    private void outline(String text) {
        Matcher reference = REFERENCE.matcher(text);
        int done = 0;
        while (reference.find()) {
            literal(text.substring(done, reference.start()));
            done = reference.end();
            String written = reference.group();
            boolean isDoubled = written.startsWith("$$");
            Value value = isDoubled
                    ? null
                    : value(reference.group(1), !reference.group(2).isEmpty(), written);
            hasReference = true;
            if (value == null) {
                literal(isDoubled ? written.substring(1) : written);
            } else {
                outline.append(STAND_IN);
                values.add(value);
            }
        }
        literal(text.substring(done));
    }

    /** Adds literal text. A character that equals the placeholder is recorded as a value of its own. */
    private void literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == STAND_IN) {
                values.add(new Value(String.valueOf(STAND_IN), false));
            }
        }
        outline.append(text);
    }

    /** A part of the outline, with the placeholders replaced by the values. */
    private String expanded(int from, int to, boolean shown) {
        int next = (int) outline.chars().limit(from).filter(c -> c == STAND_IN).count();
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            if (outline.charAt(i) != STAND_IN) {
                text.append(outline.charAt(i));
                continue;
            }
            Value value = values.get(next++);
            text.append(shown ? shown(value) : value.text);
        }
        return text.toString();
    }

    private static String shown(Value value) {
        if (value.isSecret) {
            return Masking.MASK;
        }
        var shown = new StringBuilder();
        int done = 0;
        Matcher found = PASSWORD.matcher(value.text);
        while (found.find()) {
            int group = group(found);
            shown.append(value.text, done, found.start(group)).append(Masking.MASK);
            done = found.end(group);
        }
        return shown.append(value.text, done, value.text.length()).toString();
    }

    private @Nullable Value value(String inner, boolean closed, String written) {
        Matcher variable = VARIABLE.matcher(inner);
        if (closed && variable.matches()) {
            hasVariable = true;
            return variable(variable.group(1), variable.group(2));
        }
        Matcher secret = SECRET.matcher(inner);
        if (closed && secret.matches()) {
            return secret(secret.group(1));
        }
        if (closed && inner.startsWith("file:") && inner.length() > "file:".length()) {
            return file(inner.substring("file:".length()));
        }
        problems.addUnreadable(
                at,
                "\"" + written + "\" is not a reference; write ${secret:NAME}, ${file:PATH}, ${env:NAME} or"
                        + " ${env:NAME:-default}, and $${ for a plain ${"
                        + (inner.startsWith("secret:") && inner.contains(":-") ? "; a secret has no default" : ""));
        return null;
    }

    private @Nullable Value variable(String name, @Nullable String otherwise) {
        String value = env.apply(name);
        if (otherwise != null && (value == null || value.isEmpty())) {
            return new Value(otherwise, false);
        }
        if (value == null) {
            problems.addUnreadable(
                    at,
                    "the environment has no variable " + name + "; set it, or write a default: ${env:" + name
                            + ":-default}");
            return null;
        }
        return new Value(value, false);
    }

    private @Nullable Value secret(String name) {
        String value = env.apply(name);
        if (value == null || value.isEmpty()) {
            problems.addUnreadable(
                    at,
                    value == null
                            ? "the environment has no variable " + name + ", which holds a secret; set it"
                            : "the variable " + name + ", which holds a secret, is empty; set it");
            return null;
        }
        return new Value(value, true);
    }

    private @Nullable Value file(String path) {
        try {
            return new Value(read(path), true);
        } catch (IllegalArgumentException e) {
            problems.addUnreadable(at, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /**
     * Reads the file of a secret, at most 64 KiB of UTF-8, and removes one line end at its end.
     *
     * @throws IllegalArgumentException with a message that contains the absolute path
     */
    private String read(String path) {
        Path file;
        try {
            file = folder.resolve(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw wrong(path, "has no name that a file can have");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw wrong(file, "does not exist");
        } catch (AccessDeniedException e) {
            throw wrong(file, "cannot be read: permission denied");
        } catch (IOException e) {
            throw wrong(
                    file,
                    Files.isDirectory(file)
                            ? "is a folder"
                            : "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (bytes.length > MAX_FILE_BYTES) {
            throw wrong(file, "is larger than 64KiB");
        }
        if (Utf8.firstWrong(bytes, 0, bytes.length) >= 0) {
            throw wrong(file, "is not UTF-8");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        int lineEnd = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
        return text.substring(0, text.length() - lineEnd);
    }

    private static IllegalArgumentException wrong(Object file, String what) {
        return new IllegalArgumentException("the secret's file " + file + " " + what);
    }
}
