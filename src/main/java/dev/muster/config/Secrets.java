package dev.muster.config;

import dev.muster.config.Mapping.Entry;
import dev.muster.config.References.Resolved;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts values in the place of {@code ${secret:NAME}}, {@code ${file:PATH}}, {@code ${env:NAME}} and
 * {@code ${env:NAME:-default}}, knows which of them are secret, and masks those in lines of the log. Nothing else is searched
 * for secrets: a {@link Scalar} says how it may be shown, and data is never changed.
 *
 * <p>A default is taken when the variable is unset or empty. A path is relative to the configuration's folder; the file
 * holds UTF-8, at most 64 KiB, and one newline at its end does not count. Two dollar signs stand for one
 * that is no variable. Any thread may mask.
 */
public final class Secrets {
    private final Set<String> forms = new HashSet<>();
    private volatile Masking masking = new Masking(forms);
    private final List<Problem> warnings = new ArrayList<>();
    private final Path folder;
    private final Function<String, @Nullable String> env;

    /** Of the configuration's folder and the variables of the environment. */
    public Secrets(Path folder, Function<String, @Nullable String> env) {
        this.folder = folder;
        this.env = env;
    }

    /**
     * The same node with its values in place; keys are left alone. A scalar that held a reference is text without
     * quotes, so that {@link Fields} may read a number from it.
     */
    public Node resolve(Node node, Problems problems) {
        return resolve(node, List.of(), problems);
    }

    /**
     * A line of the log with {@code ***} for every secret of 4 characters or more, also percent-encoded or escaped as in JSON,
     * and from 8 bytes on in Base64, alone or within something longer. The very same text where it holds none.
     *
     * <p>The password of an address that is its user's name too hides nothing by itself, and is masked beside it alone.
     */
    public String mask(String line) {
        return masking.mask(line);
    }

    /** What is allowed and better written otherwise, by position. */
    public List<Problem> warnings() {
        return warnings.stream().distinct().sorted().toList();
    }

    /** Masks a value too from now on, such as a password that was derived from one. */
    public synchronized void add(String secret) {
        if (forms.addAll(SecretForms.of(secret))) {
            masking = new Masking(forms);
        }
    }

    /** Masks too what is secret for another configuration now: work that began with it may still go on. */
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

    private Node resolve(Node node, List<String> path, Problems problems) {
        return node.match(
                scalar -> scalar(scalar, path, problems),
                sequence -> new Sequence(
                        sequence.at(),
                        sequence.items().stream()
                                .map(item -> resolve(item, path, problems))
                                .toList()),
                mapping -> mapping(mapping, path, problems));
    }

    private Node mapping(Mapping mapping, List<String> path, Problems problems) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
            List<String> inner = new ArrayList<>(path);
            inner.add(entry.name());
            entries.add(new Entry(entry.key(), resolve(entry.value(), inner, problems)));
        }
        return new Mapping(mapping.at(), entries);
    }

    private Scalar scalar(Scalar scalar, List<String> path, Problems problems) {
        if (scalar.value() == null) {
            return scalar;
        }
        Resolved resolved = new References(folder, env, scalar.at(), problems).resolve(scalar.text());
        SecretText secret = secret(resolved, path);
        if (resolved.hasVariable() && SecretPlaces.isHeader(path)) {
            warnings.add(new Problem(
                    scalar.at(),
                    "the header " + path.get(path.size() - 1)
                            + " holds a secret; write ${secret:NAME} for ${env:NAME}, which says so"));
        }
        if (!resolved.hasReference() || !scalar.isText()) {
            return new Scalar(scalar.at(), scalar.value(), scalar.text(), scalar.quoted(), secret);
        }
        return new Scalar(scalar.at(), resolved.text(), resolved.text(), false, secret);
    }

    private @Nullable SecretText secret(Resolved resolved, List<String> path) {
        for (References.Login login : resolved.passwords()) {
            password(login.user(), login.password());
            password(decoded(login.user()), decoded(login.password()));
        }
        Set<String> passwords = new HashSet<>();
        resolved.passwords().forEach(login -> passwords.add(login.password()));
        Set<String> values = new LinkedHashSet<>(resolved.secrets());
        boolean isWhole = SecretPlaces.isSecret(path, resolved.text());
        if (isWhole) {
            String text = resolved.text().strip();
            values.add(text);
            // Of a header such as "Bearer …", what comes behind the scheme is what proves who asks.
            int blank = text.indexOf(' ');
            if (blank > 0 && SecretPlaces.isHeader(path)) {
                values.add(text.substring(blank + 1).strip());
            }
        }
        values.stream().filter(value -> !passwords.contains(value)).forEach(this::add);
        if (values.isEmpty() && resolved.shown().equals(resolved.text())) {
            return null;
        }
        return new SecretText(isWhole ? SecretText.MASK : resolved.shown(), values);
    }

    private void password(String user, String password) {
        if (!user.isEmpty()) {
            add(user + ":" + password);
        }
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
