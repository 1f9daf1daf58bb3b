package dev.muster.config;

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
 * Puts values in the place of {@code ${secret:NAME}}, {@code ${file:PATH}}, {@code ${env:NAME}} and
 * {@code ${env:NAME:-default}} in one text, and notes where the secrets of it stand.
 *
 * <p>The first two are secret. So is what stands where an address has its password, in the text or in a value of a variable.
 * What was put in is not looked at again.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^{}]*)(}?)");
    private static final Pattern VARIABLE = Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", Pattern.DOTALL);
    private static final Pattern SECRET = Pattern.compile("secret:([A-Za-z_][A-Za-z0-9_]*)");

    /** Where an address has its password: beside its user, up to the last {@code @}, as people forget to encode one, or in its query. */
    private static final Pattern PASSWORD = Pattern.compile("://([^/?#:@\\s]*):([^/?#\\s]+)@|[?&]password=([^&#\\s]+)");

    private static final int BESIDE_USER = 2;
    private static final int IN_QUERY = 3;

    /** What stands for a value that was put in, while the text around it is looked at. */
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
     * @param folder to which paths are relative
     * @param problems are told what cannot be put in; it stays as it was written
     */
    References(Path folder, Function<String, @Nullable String> env, Position at, Problems problems) {
        this.folder = folder;
        this.env = env;
        this.at = at;
        this.problems = problems;
    }

    /**
     * A text with its values in place.
     *
     * @param text the whole of it
     * @param shown the same with {@code ***} for each secret
     * @param secrets what of it is secret
     * @param passwords users and passwords of addresses, as they are written
     * @param hasReference whether anything was put in
     * @param hasVariable whether a variable was put in that is not said to be secret
     */
    record Resolved(
            String text,
            String shown,
            Set<String> secrets,
            List<Login> passwords,
            boolean hasReference,
            boolean hasVariable) {}

    /** A user and its password. */
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
            shown.append(expanded(done, found.start(group), true)).append(SecretText.MASK);
            done = found.end(group);
        }
        shown.append(expanded(done, outline.length(), true));
        for (Value value : values) {
            if (value.isSecret) {
                secrets.add(value.text);
            }
            logins.addAll(logins(value.text));
        }
        // A password that is its user's name hides nothing by itself.
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

    /** A character that looks like a stand-in is a value of its own. */
    private void literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == STAND_IN) {
                values.add(new Value(String.valueOf(STAND_IN), false));
            }
        }
        outline.append(text);
    }

    /** A part of the outline with values in the place of the stand-ins. */
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
            return SecretText.MASK;
        }
        var shown = new StringBuilder();
        int done = 0;
        Matcher found = PASSWORD.matcher(value.text);
        while (found.find()) {
            int group = group(found);
            shown.append(value.text, done, found.start(group)).append(SecretText.MASK);
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
                "\"" + written + "\" is no reference; write ${secret:NAME}, ${file:PATH}, ${env:NAME} or"
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
            return new Value(SecretFile.read(folder, path), true);
        } catch (IllegalArgumentException e) {
            problems.addUnreadable(at, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
