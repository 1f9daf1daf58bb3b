package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Scalar;
import dev.muster.text.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for headers of requests. */
final class Headers {

    /** Headers that frame the message or belong to the connection; only the client writes them. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Headers with a meaning of their own, which cannot carry the deadline. */
    private static final Set<String> TAKEN = Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "content-encoding",
            "content-type",
            "cookie",
            "traceparent",
            "tracestate",
            "user-agent");

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private Headers() {}

    /** Reads the headers of a source, by name in lower case. */
    static Map<String, String> read(Fields fields) {
        var headers = new LinkedHashMap<String, String>();
        List<Mapping.Entry> entries =
                fields.mapping("headers").map(Mapping::entries).orElse(List.of());
        for (Mapping.Entry entry : entries) {
            String wrong = problem(entry.name());
            if (wrong != null) {
                fields.problems().add(entry.key().at(), wrong);
            } else if (!(entry.value() instanceof Scalar scalar) || scalar.value() == null) {
                fields.problems().add(entry.value().at(), "the header " + entry.name() + " must be text");
            } else if (!isValue(scalar.text())) {
                fields.problems()
                        .add(scalar.at(), "the header " + entry.name() + " must be text on one line, without controls");
            } else {
                headers.put(entry.name().toLowerCase(Locale.ROOT), scalar.text());
            }
        }
        return headers;
    }

    /** Reads the name of the header that carries the remaining time, in lower case. */
    static Optional<String> deadline(Fields fields) {
        return fields.string("deadline")
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> {
                    String wrong = problem(name);
                    if (wrong == null && TAKEN.contains(name)) {
                        wrong = "the header " + name + " has another meaning";
                    }
                    boolean isWrittenTwice = fields.mapping("headers")
                            .map(headers -> headers.entries().stream()
                                    .anyMatch(entry -> entry.name().equalsIgnoreCase(name)))
                            .orElse(false);
                    if (wrong == null && isWrittenTwice) {
                        wrong = "headers has " + name + " already; leave one of the two out";
                    }
                    if (wrong != null) {
                        fields.problem(
                                "deadline",
                                "deadline of " + fields.what()
                                        + " takes the name of a header, such as Muster-Deadline: " + wrong);
                    }
                    return wrong == null;
                });
    }

    /** The problem of a header's name, or null. */
    static @Nullable String problem(String name) {
        if (name.isEmpty() || !name.chars().allMatch(Headers::isTokenSign)) {
            return "\"" + Printable.phrase(name, 60) + "\" is not the name of a header";
        }
        if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            return "the header " + name + " is set by the client itself; leave it out";
        }
        return null;
    }

    /** Whether a value is Latin-1 text on one line, without control characters. */
    static boolean isValue(String value) {
        return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c != 0x7F && c <= 0xFF);
    }

    private static boolean isTokenSign(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN_SIGNS.indexOf(c) >= 0;
    }
}
