package dev.muster.access;

import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Glob;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The reader of {@code callers} and {@code server.jwt}. The words of a caller itself are checked with the section; the words
 * within {@code may}, {@code quota} and {@code jwt} are checked here. No message quotes a key.
 */
final class CallersReader {
    private static final String ALL = "*";
    private static final String WORKERS = "workers";
    private static final int MAX_RUNS = 1_000_000;
    private static final String HOW_TO_MAKE_A_KEY = "make a key with: openssl rand -hex 32";
    private static final String HASHED = "sha256:";
    private static final int MIN_KEY_CHARACTERS = 16;
    private static final int MAX_KEY_CHARACTERS = 1_024;

    private final Configuration configuration;
    private final Problems problems;
    private final Map<String, Caller> byName = new LinkedHashMap<>();
    private final Map<KeyDigest, Caller> byKey = new HashMap<>();
    private final Map<String, Caller> bySubject = new HashMap<>();
    private boolean jwtIsWritten;

    CallersReader(Configuration configuration, Problems problems) {
        this.configuration = configuration;
        this.problems = problems;
    }

    Callers read() {
        Optional<JwtSettings> jwt = jwt();
        for (Mapping.Entry entry : section("callers").entries()) {
            if (entry.value() instanceof Mapping words) {
                caller(entry, new Fields(words, "the caller \"" + entry.name() + "\"", problems));
            }
        }
        return new Callers(byName, byKey, jwt.map(settings -> new Tokens(settings, bySubject, new SignatureChecks())));
    }

    private Optional<JwtSettings> jwt() {
        Fields server = new Fields(section("server"), "the server", problems);
        jwtIsWritten = server.has("jwt");
        return server.fields("jwt")
                .flatMap(fields -> JwtSettings.read(fields, configuration.dir(), configuration.secrets()));
    }

    private void caller(Mapping.Entry entry, Fields fields) {
        String name = entry.name();
        if (name.isBlank() || name.equals(Caller.ANYONE)) {
            problems.add(
                    entry.key().at(),
                    name.isBlank()
                            ? "a caller needs a name"
                            : "\"" + name + "\" is the name of requests without a key; use another name");
        }
        var caller = new Caller(name, grants(fields), quota(fields), Map.of());
        byName.put(name, caller);
        if (!fields.has("key") && !fields.has("jwt")) {
            problems.add(
                    fields.mapping().at(),
                    fields.what() + " needs \"key\" or \"jwt\", or no request can authenticate as it; "
                            + HOW_TO_MAKE_A_KEY);
        }
        key(fields, caller);
        subject(fields, caller);
    }

    private void key(Fields fields, Caller caller) {
        digest(fields).ifPresent(digest -> {
            Caller other = byKey.putIfAbsent(digest, caller);
            if (other != null) {
                fields.problem(
                        "key", fields.what() + " has the same key as \"" + other.name() + "\"; " + HOW_TO_MAKE_A_KEY);
            }
        });
    }

    /**
     * The digest of the word {@code key}: of the key itself (from a file, a variable or written out) or given as its SHA-256. Empty
     * if the key is missing or wrong. A wrong key is reported as a problem.
     */
    private Optional<KeyDigest> digest(Fields fields) {
        Optional<Node> node = fields.node("key");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        String what = "the key of " + fields.what();
        // Not by Fields.string, whose message would quote a key that looks like a number.
        if (!(node.get() instanceof Scalar scalar) || !scalar.isText()) {
            problems.add(node.get().at(), what + " must be text, in quotes if it looks like a number");
            return Optional.empty();
        }
        // A value from a variable or a file can end in a newline.
        String key = scalar.text().strip();
        if (key.startsWith(HASHED)) {
            Optional<KeyDigest> digest = KeyDigest.parse(key.substring(HASHED.length()));
            if (digest.isEmpty()) {
                problems.add(scalar.at(), what + " must have 64 hexadecimal digits after " + HASHED);
            }
            return digest;
        }
        String wrong = wrong(key);
        if (!wrong.isEmpty()) {
            problems.add(scalar.at(), what + " " + wrong + "; " + HOW_TO_MAKE_A_KEY);
            return Optional.empty();
        }
        return Optional.of(KeyDigest.of(key));
    }

    private static String wrong(String key) {
        if (key.length() < MIN_KEY_CHARACTERS) {
            return "must have at least " + MIN_KEY_CHARACTERS + " characters";
        }
        if (key.length() > MAX_KEY_CHARACTERS) {
            return "must have at most " + MAX_KEY_CHARACTERS + " characters";
        }
        return Callers.isOneWord(key)
                ? ""
                : "must have only visible ASCII characters, without blanks and commas, or it cannot be sent";
    }

    private void subject(Fields fields, Caller caller) {
        Optional<Fields> jwt = fields.fields("jwt");
        if (jwt.isEmpty()) {
            return;
        }
        String subject = jwt.get().requireString("subject");
        jwt.get().unknownWords();
        if (!jwtIsWritten) {
            fields.problem(
                    "jwt", fields.what() + " authenticates with tokens, but the section server has no jwt: add it");
        }
        Caller other = subject.isEmpty() ? null : bySubject.putIfAbsent(subject, caller);
        if (other != null) {
            jwt.get().problem("subject", fields.what() + " has the same subject as \"" + other.name() + "\"");
        }
    }

    private OptionalInt quota(Fields fields) {
        Optional<Fields> quota = fields.fields("quota");
        if (quota.isEmpty()) {
            return OptionalInt.empty();
        }
        OptionalInt runs = OptionalInt.of((int) quota.get().requireInteger("runs", 1, MAX_RUNS));
        quota.get().unknownWords();
        return runs;
    }

    private Grants grants(Fields fields) {
        Optional<Fields> may = fields.fields("may");
        if (may.isEmpty()) {
            return Grants.OWN;
        }
        Fields words = may.get();
        var grants = new Grants(
                names(words, "plans"),
                names(words, "queues"),
                words.bool("adhoc", false),
                words.oneOf("cancel", List.of("own", "all"), "own").equals("all")
                        ? Grants.Cancels.ALL
                        : Grants.Cancels.OWN,
                words.bool("monitor", false),
                addresses(words));
        words.unknownWords();
        return grants;
    }

    private static List<Glob> addresses(Fields may) {
        Optional<Node> node = may.node(WORKERS);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof Scalar scalar && scalar.text().equals(ALL)) {
            return List.of(Glob.of(ALL));
        }
        if (!(node.get() instanceof Sequence)) {
            may.problem(
                    WORKERS,
                    WORKERS + " of " + may.what() + " must be '*' or a list of addresses, such as ['images.*']");
            return List.of();
        }
        return may.strings(WORKERS).orElse(List.of()).stream().map(Glob::of).toList();
    }

    private Grants.Names names(Fields may, String word) {
        Optional<Node> node = may.node(word);
        if (node.isEmpty()) {
            return Grants.Names.NONE;
        }
        if (node.get() instanceof Scalar scalar && scalar.text().equals(ALL)) {
            return Grants.Names.ALL;
        }
        if (!(node.get() instanceof Sequence list)) {
            may.problem(word, word + " of " + may.what() + " must be '*' or a list of names, such as [one, two]");
            return Grants.Names.NONE;
        }
        Map<String, Position> names = new LinkedHashMap<>();
        for (Node item : list.items()) {
            if (!(item instanceof Scalar scalar) || !scalar.isText()) {
                problems.add(item.at(), "each item of " + word + " of " + may.what() + " must be text");
                continue;
            }
            if (scalar.text().contains(ALL)) {
                problems.add(
                        item.at(),
                        word + " of " + may.what() + ": '*' stands alone, for all; \"" + scalar.shown()
                                + "\" in a list is not a name");
            }
            names.put(scalar.text(), item.at());
        }
        return new Grants.Names(false, names);
    }

    private Mapping section(String name) {
        return configuration.section(name).orElseGet(() -> Mapping.empty(Position.start(name)));
    }
}
