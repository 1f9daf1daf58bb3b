package dev.muster.connect.mysql;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name by which a source of this process is known on its server, another after each start: in the comment before its
 * statements, and in the lock that its side connection holds for as long as the process lives.
 *
 * @param node the number of the process and twelve random digits, such as {@code 4711-0a1b2c3d4e5f}
 */
record NodeMark(String node) {
    private static final String OPENING = "/*muster:";
    private static final Pattern FORM = Pattern.compile("/\\*muster:(\\d{1,19}-[0-9a-f]{12})\\*/");
    private static final int DIGITS = 12;

    /** A name that nobody has had yet. */
    static NodeMark fresh() {
        String digits = UUID.randomUUID().toString().replace("-", "").substring(0, DIGITS);
        return new NodeMark(ProcessHandle.current().pid() + "-" + digits);
    }

    /** What stands before statements. */
    String comment() {
        return OPENING + node + "*/";
    }

    /** The name of the lock. */
    String lock() {
        return lock(node);
    }

    static String lock(String node) {
        return "muster-" + node;
    }

    /** The name that a statement begins with; not one that stands anywhere else in it. */
    static Optional<String> nodeOf(String statement) {
        Matcher mark = FORM.matcher(statement);
        return mark.lookingAt() ? Optional.of(mark.group(1)) : Optional.empty();
    }

    /** A statement of a source without such a name, which is not to be taken for one of somebody else's. */
    static String unmarked(String statement) {
        return statement.stripLeading().startsWith(OPENING) ? "/**/" + statement : statement;
    }
}
