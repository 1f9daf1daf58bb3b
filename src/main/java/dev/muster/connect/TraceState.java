package dev.muster.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace state of tracing systems (header {@code tracestate}, W3C Trace Context, section 3.3). Muster passes it on and adds no
 * member of its own.
 */
final class TraceState {

    private static final int MAX_MEMBERS = 32;
    private static final int MAX_CHARS = 512;
    private static final int LONG_MEMBER = 128;

    /** Keys follow level 2 of the specification, whose keys are a superset of level 1's. */
    private static final Pattern MEMBER =
            Pattern.compile("[a-z0-9][a-z0-9_*/@-]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{1,256}");

    private TraceState() {}

    /**
     * Limits a header to 512 characters. Members longer than 128 characters are removed first, then members from the end.
     *
     * @param given the header as received, several joined by commas
     * @return the header to pass on; null if no member is left or any member is malformed
     */
    static @Nullable String passedOn(String given) {
        List<String> members = new ArrayList<>();
        int chars = -1;
        for (String part : given.split(",", -1)) {
            String member = trimmed(part);
            if (member.isEmpty()) {
                continue;
            }
            if (members.size() == MAX_MEMBERS || !MEMBER.matcher(member).matches()) {
                return null;
            }
            members.add(member);
            chars += member.length() + 1;
        }
        while (chars > MAX_CHARS) {
            chars -= members.remove(leastWanted(members)).length() + 1;
        }
        return members.isEmpty() ? null : String.join(",", members);
    }

    private static int leastWanted(List<String> members) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).length() > LONG_MEMBER) {
                return i;
            }
        }
        return members.size() - 1;
    }

    /** Removes leading and trailing spaces and tabs. */
    private static String trimmed(String part) {
        int from = 0;
        int to = part.length();
        while (from < to && isSpace(part.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(part.charAt(to - 1))) {
            to--;
        }
        return part.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
