package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A path pattern such as {@code /items/{id}}: a segment in braces matches any single segment and names it. */
record PathPattern(List<String> segments) {
    private static final Pattern NAME = Pattern.compile("\\{[A-Za-z_][A-Za-z0-9_]*}");
    private static final Set<String> TAKEN = Set.of("{n}", "{body}", "{protocol}");

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if the pattern is invalid, with the reason
     */
    static PathPattern parse(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("the path \"" + text + "\" must begin with /");
        }
        Set<String> names = new HashSet<>();
        List<String> segments = List.of(text.substring(1).split("/", -1));
        for (String segment : segments) {
            boolean brace = segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0;
            if (brace && !NAME.matcher(segment).matches()) {
                throw new IllegalArgumentException(
                        "\"" + segment + "\" in the path must be all text or all one name, such as {id}");
            }
            if (brace && TAKEN.contains(segment)) {
                throw new IllegalArgumentException(segment + " is reserved in bodies; choose another name");
            }
            if (brace && !names.add(segment)) {
                throw new IllegalArgumentException(segment + " occurs twice in the path");
            }
        }
        return new PathPattern(segments);
    }

    /**
     * Matches a path and returns its named segments, decoded; empty if it does not match.
     *
     * @throws IllegalArgumentException if the path's percent-encoding is invalid
     */
    Optional<Map<String, String>> match(String path) {
        String[] parts = path.substring(path.startsWith("/") ? 1 : 0).split("/", -1);
        if (parts.length != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < parts.length; i++) {
            String wanted = segments.get(i);
            String value = URLDecoder.decode(parts[i].replace("+", "%2B"), UTF_8);
            if (isName(wanted)) {
                values.put(wanted.substring(1, wanted.length() - 1), value);
            } else if (!wanted.equals(value)) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    /** Whether this pattern matches every path that the other one matches. */
    boolean covers(PathPattern other) {
        if (segments.size() != other.segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!isName(segments.get(i)) && !segments.get(i).equals(other.segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String segment) {
        return segment.startsWith("{");
    }

    @Override
    public String toString() {
        return "/" + String.join("/", segments);
    }
}
