package dev.muster.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tracing systems have noted of a trace (the header {@code tracestate} of W3C Trace Context, section 3.3). Muster adds nothing
 * to it and passes it on.
 */
final class TraceState {

    private static final int MOST_MEMBERS = 32;
    private static final int MOST_CHARS = 512;
    private static final int LONG_MEMBER = 128;

    /** Keys as level 2 of the specification has them, which are a superset of level 1's. */
    private static final Pattern MEMBER =
            Pattern.compile("[a-z0-9][a-z0-9_*/@-]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{1,256}");

    private TraceState() {}

    /**
     * As it is passed on: at most 512 characters, for which members longer than 128 go first and then the last ones.
     *
     * @param given the header; several are joined by commas
     * @return null where nothing is left, or it is malformed, which loses the whole of it
     */
    static @Nullable String passedOn(String given) {
        List<String> members = new ArrayList<>();
        int chars = -1;
        for (String part : given.split(",", -1)) {
            String member = trimmed(part);
            if (member.isEmpty()) {
                continue;
            }
            if (members.size() == MOST_MEMBERS || !MEMBER.matcher(member).matches()) {
                return null;
            }
            members.add(member);
            chars += member.length() + 1;
        }
        while (chars > MOST_CHARS) {
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

    /** Without the spaces and tabs around it. */
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
