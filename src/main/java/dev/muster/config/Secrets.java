package dev.muster.config;

import dev.muster.config.Mapping.Entry;
import dev.muster.config.References.Resolved;
import dev.muster.config.Scalar.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a configuration. Resolves {@code ${secret:NAME}}, {@code ${file:PATH}}, {@code ${env:NAME}} and
 * {@code ${env:NAME:-default}}, records which values are secret, and masks those in log lines. Only log lines are searched for
 * secrets: a {@link Scalar} has its own masked text, and data is never changed.
 *
 * <p>A default is used if the variable is unset or empty. A path is relative to the configuration folder; the file holds at
 * most 64 KiB of UTF-8, and one line end at its end is removed. <code>$${</code> stands for a literal <code>${</code>.
 *
 * <p>{@link #mask}, {@link #add} and {@link #include} are safe on any thread; {@link #resolve} is for one thread.
 */
public final class Secrets {
    /** The mask of a secret. */
    public static final String MASK = Masking.MASK;

    private static final Set<String> SECRET_HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");
    private static final List<String> IN_SECRET_HEADERS = List.of("key", "token", "secret");
    private static final String DIGEST = "sha256:";

    private final Set<String> forms = new HashSet<>();
    private volatile Masking masking = new Masking(forms);
    private final List<Problem> warnings = new ArrayList<>();
    private final Path folder;
    private final Function<String, @Nullable String> env;

    /**
     * The secrets of a configuration folder.
     *
     * @param folder the folder to which paths are relative
     * @param env returns a variable of the environment
     */
    public Secrets(Path folder, Function<String, @Nullable String> env) {
        this.folder = folder;
        this.env = env;
    }

    /**
     * Resolves the references in all values of a node; keys stay as they are. A scalar that held a reference becomes
     * unquoted text, so that {@link Fields} can read a number from it.
     */
    public Node resolve(Node node, Problems problems) {
        return resolve(node, List.of(), problems);
    }

    /**
     * A log line with {@code ***} for every secret of at least 4 characters, plain, percent-encoded or escaped as in JSON.
     * Secrets of at least 8 bytes are also masked in Base64, alone or inside a longer encoding. Returns the same object if
     * the line holds no secret.
     *
     * <p>If the password of an address equals its user's name, only the pair {@code user:password} is masked.
     */
    public String mask(String line) {
        return masking.mask(line);
    }

    /** The warnings: valid entries that should be written differently. Sorted by position. */
    public List<Problem> warnings() {
        return warnings.stream().distinct().sorted().toList();
    }

    /** Adds a secret to mask, such as a password that was derived from a secret. */
    public synchronized void add(String secret) {
        if (forms.addAll(SecretForms.of(secret))) {
            masking = new Masking(forms);
        }
    }

    /** Adds the secrets of another configuration, since work that began with it can still be running. */
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
        Secret secret = secret(resolved, path);
        if (resolved.hasVariable() && isHeader(path)) {
            warnings.add(new Problem(
                    scalar.at(),
                    "the header " + path.get(path.size() - 1)
                            + " holds a secret; write ${secret:NAME} instead of ${env:NAME}"));
        }
        if (!resolved.hasReference() || !scalar.isText()) {
            return new Scalar(scalar.at(), scalar.value(), scalar.text(), scalar.quoted(), secret);
        }
        return new Scalar(scalar.at(), resolved.text(), resolved.text(), false, secret);
    }

    private @Nullable Secret secret(Resolved resolved, List<String> path) {
        for (References.Login login : resolved.passwords()) {
            password(login.user(), login.password());
            password(decoded(login.user()), decoded(login.password()));
        }
        Set<String> passwords = new HashSet<>();
        resolved.passwords().forEach(login -> passwords.add(login.password()));
        Set<String> values = new LinkedHashSet<>(resolved.secrets());
        boolean isWhole = isSecret(path, resolved.text());
        if (isWhole) {
            String text = resolved.text().strip();
            values.add(text);
            // In a header such as "Bearer …", the credential is the part after the scheme.
            int blank = text.indexOf(' ');
            if (blank > 0 && isHeader(path)) {
                values.add(text.substring(blank + 1).strip());
            }
        }
        values.stream().filter(value -> !passwords.contains(value)).forEach(this::add);
        if (values.isEmpty() && resolved.shown().equals(resolved.text())) {
            return null;
        }
        return new Secret(isWhole ? MASK : resolved.shown(), values);
    }

    /**
     * Whether the whole text of an entry is secret, however it is written: the key of a caller, a header that carries
     * credentials, or a private key (PEM) in any entry.
     *
     * @param path the names that lead to the entry, from the top
     */
    private static boolean isSecret(List<String> path, String text) {
        boolean isKeyOfCaller =
                path.size() == 3 && path.get(0).equals("callers") && path.get(2).equals("key");
        return isHeader(path) || isKeyOfCaller && !text.strip().startsWith(DIGEST) || text.contains("PRIVATE KEY-----");
    }

    /** Whether an entry is a header whose name marks it as secret. */
    private static boolean isHeader(List<String> path) {
        int last = path.size() - 1;
        if (last < 1 || !path.get(last - 1).equals("headers")) {
            return false;
        }
        String name = path.get(last).toLowerCase(Locale.ROOT);
        return SECRET_HEADERS.contains(name) || IN_SECRET_HEADERS.stream().anyMatch(name::contains);
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
