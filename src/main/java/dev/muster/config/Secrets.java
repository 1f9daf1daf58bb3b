package dev.muster.config;

import dev.muster.config.Mapping.Entry;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts secrets in the place of {@code ${env:NAME}}, {@code ${env:NAME:-default}} and {@code ${file:PATH}}, and takes
 * them out of texts that people will see.
 *
 * <p>A default is taken when the variable is unset or empty. A path is relative to the configuration's folder; the file
 * holds UTF-8, at most 64 KiB, and one newline at its end does not count. Two dollar signs stand for one
 * that is no variable.
 * What was put in is not looked at again. Any thread may mask.
 */
public final class Secrets {
    private static final Pattern REFERENCE = Pattern.compile("\\$?\\$\\{([^{}]*)(}?)");
    private static final Pattern VARIABLE = Pattern.compile("env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", Pattern.DOTALL);

    /** Up to the last {@code @}, as people forget to encode one. */
    private static final Pattern USER_PASSWORD = Pattern.compile("://([^/?#:@\\s]*):([^/?#\\s]+)@");

    private final Set<String> forms = new HashSet<>();
    private volatile Masking masking = new Masking(forms);
    private final Path folder;
    private final Function<String, @Nullable String> env;

    /** Of the configuration's folder and the variables of the environment. */
    public Secrets(Path folder, Function<String, @Nullable String> env) {
        this.folder = folder;
        this.env = env;
    }

    /**
     * The same node with its secrets in place; keys are left alone. A scalar that held a reference is text without
     * quotes, so that {@link Fields} may read a number from it.
     */
    public Node resolve(Node node, Problems problems) {
        return node.match(
                scalar -> scalar(scalar, problems),
                sequence -> new Sequence(
                        sequence.at(),
                        sequence.items().stream()
                                .map(item -> resolve(item, problems))
                                .toList()),
                mapping -> mapping(mapping, problems));
    }

    /** A text with its secrets in place; what cannot be resolved is a problem and stays as it was written. */
    public String resolve(String text, Position at, Problems problems) {
        if (!text.contains("${")) {
            return text;
        }
        return REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group().startsWith("$$")
                                ? match.group().substring(1)
                                : referred(match.group(1), !match.group(2).isEmpty(), at, problems, match.group())));
    }

    /**
     * A text with {@code ***} for every secret of 4 characters or more, also percent-encoded or escaped as in JSON, and from
     * 8 bytes on in Base64, alone or within something longer. The very same text where it holds none.
     *
     * <p>Secrets are what was put in, but not defaults, and the passwords of addresses ({@code http://user:password@host}),
     * however they came there. One that is its user's name too hides nothing by itself, and is masked beside it alone.
     */
    public String mask(String text) {
        return masking.mask(text);
    }

    /** Problems with their secrets masked: they quote what is wrong. */
    public List<Problem> mask(List<Problem> problems) {
        return problems.stream()
                .map(problem -> new Problem(problem.at(), mask(problem.message())))
                .toList();
    }

    /** Whether there is nothing to mask. */
    public synchronized boolean isEmpty() {
        return forms.isEmpty();
    }

    /** Counts a value as secret from now on, such as a password that was derived from one. */
    public synchronized void add(String secret) {
        if (forms.addAll(SecretForms.of(secret))) {
            masking = new Masking(forms);
        }
    }

    /** Counts as secret too what is one for another configuration now: work that began with it may still go on. */
    public void include(Secrets other) {
        Set<String> more;
        synchronized (other) {
            more = Set.copyOf(other.forms);
        }
        synchronized (this) {
            if (forms.addAll(more)) {
                masking = new Masking(forms);
            }
        }
    }

    private Node scalar(Scalar scalar, Problems problems) {
        if (!(scalar.value() instanceof String text)) {
            return scalar;
        }
        if (!text.contains("${")) {
            passwords(text);
            return scalar;
        }
        String resolved = resolve(text, scalar.at(), problems);
        passwords(resolved);
        return new Scalar(scalar.at(), resolved, resolved, false);
    }

    private Node mapping(Mapping mapping, Problems problems) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            entries.add(new Entry(entry.key(), resolve(entry.value(), problems)));
        }
        return new Mapping(mapping.at(), entries);
    }

    private String referred(String inner, boolean closed, Position at, Problems problems, String written) {
        Matcher variable = VARIABLE.matcher(inner);
        if (closed && variable.matches()) {
            return variable(variable.group(1), variable.group(2), at, problems, written);
        }
        if (closed && inner.startsWith("file:") && inner.length() > "file:".length()) {
            return file(inner.substring("file:".length()), at, problems, written);
        }
        problems.add(
                at,
                "\"" + written + "\" is no reference; write ${env:NAME}, ${env:NAME:-default} or ${file:PATH},"
                        + " and $${ for a plain ${");
        return written;
    }

    private String variable(String name, @Nullable String otherwise, Position at, Problems problems, String written) {
        String value = env.apply(name);
        if (otherwise != null && (value == null || value.isEmpty())) {
            return otherwise;
        }
        if (value == null) {
            problems.add(
                    at,
                    "the environment has no variable " + name + "; set it, or write a default: ${env:" + name
                            + ":-default}");
            return written;
        }
        return noted(value);
    }

    private String file(String path, Position at, Problems problems, String written) {
        try {
            return noted(SecretFile.read(folder, path));
        } catch (IllegalArgumentException e) {
            problems.add(at, "the secret's file " + path + " " + e.getMessage());
            return written;
        }
    }

    private String noted(String secret) {
        add(secret);
        passwords(secret);
        return secret;
    }

    /** As they are written in an address, and as its client says them. */
    private void passwords(String text) {
        Matcher pair = USER_PASSWORD.matcher(text);
        while (pair.find()) {
            password(pair.group(1), pair.group(2));
            password(decoded(pair.group(1)), decoded(pair.group(2)));
        }
    }

    private void password(String user, String password) {
        add(user + ":" + password);
        if (!user.equals(password)) {
            add(password);
        }
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }
}
