package dev.muster.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The entries of {@code muster.yaml} that are always secret, however the value is written: the keys of callers and the
 * headers that carry credentials. A private key (PEM) is secret in any entry.
 */
final class SecretPlaces {
    private static final Set<String> HEADERS = Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");
    private static final List<String> IN_HEADERS = List.of("key", "token", "secret");
    private static final String DIGEST = "sha256:";

    private SecretPlaces() {}

    /**
     * Whether the whole text of an entry is secret.
     *
     * @param path the names that lead to the entry, from the top
     */
    static boolean isSecret(List<String> path, String text) {
        return isHeader(path) || isKeyOfCaller(path) && !text.strip().startsWith(DIGEST) || isPrivateKey(text);
    }

    /** Whether an entry is a header whose name marks it as secret. */
    static boolean isHeader(List<String> path) {
        int last = path.size() - 1;
        return last >= 1 && path.get(last - 1).equals("headers") && isSecretHeader(path.get(last));
    }

    private static boolean isSecretHeader(String name) {
        String known = name.toLowerCase(Locale.ROOT);
        return HEADERS.contains(known) || IN_HEADERS.stream().anyMatch(known::contains);
    }

    private static boolean isKeyOfCaller(List<String> path) {
        return path.size() == 3 && path.get(0).equals("callers") && path.get(2).equals("key");
    }

    private static boolean isPrivateKey(String text) {
        return text.contains("PRIVATE KEY-----");
    }
}
