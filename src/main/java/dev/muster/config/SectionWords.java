package dev.muster.config;

import java.util.Map;
import java.util.Set;

/**
 * The known words of the sections other than {@code sources}. An unknown word is a problem, so that a misspelt setting is
 * not silently ignored. The values are checked by the code that uses the section.
 */
final class SectionWords {
    private static final Set<String> OF_SERVER = Set.of(
            "host",
            "hosts",
            "port",
            "workers",
            "drain",
            "jwt",
            "limits",
            "transport",
            "compression",
            "cors",
            "accessLog",
            "log",
            "bridge");

    private static final Set<String> OF_CLUSTER =
            Set.of("on", "name", "host", "port", "busPort", "members", "multicast", "open", "tls");

    private static final Map<String, Named> OF_NAMED = Map.of(
            "queues",
                    new Named(
                            "the queue",
                            Set.of(
                                    "store", "size", "bytes", "body", "retries", "lease", "perKey", "keyRate", "order",
                                    "backoff", "keep", "adhoc")),
            "rates", new Named("the rate", Set.of("tokens", "per")),
            "callers", new Named("the caller", Set.of("key", "jwt", "may", "quota")),
            "functions", new Named("the function", Set.of("adhoc")),
            "addresses", new Named("the address", Set.of("adhoc")));

    private SectionWords() {}

    /** A section whose entries are maps under names that the user chose. */
    private record Named(String what, Set<String> words) {

        void check(Mapping section, Problems problems) {
            for (Mapping.Entry entry : section.entries()) {
                String which = what + " \"" + entry.name() + "\"";
                if (entry.value() instanceof Mapping mapping) {
                    new Fields(mapping, which, problems).unknownWords(words);
                } else {
                    problems.add(
                            entry.value().at(),
                            which + " must be a map, not " + entry.value().describe());
                }
            }
        }
    }

    /** Notes the unknown words of a section. */
    static void check(String name, Mapping section, Problems problems) {
        Named named = OF_NAMED.get(name);
        if (named != null) {
            named.check(section, problems);
        } else if (name.equals("server")) {
            new Fields(section, "the server", problems).unknownWords(OF_SERVER);
        } else if (name.equals("cluster")) {
            new Fields(section, "the cluster", problems).unknownWords(OF_CLUSTER);
        }
    }
}
