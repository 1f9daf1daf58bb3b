package dev.muster.connect.mysql;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity of a source of this process on its server, unique to each start. It appears in the comment before statements and in
 * the name of the lock that the side connection holds for as long as the process lives.
 *
 * @param node process id and twelve random hexadecimal digits, for example {@code 4711-0a1b2c3d4e5f}
 */
record NodeMark(String node) {
    private static final String OPENING = "/*muster:";
    private static final Pattern FORM = Pattern.compile("/\\*muster:(\\d{1,19}-[0-9a-f]{12})\\*/");
    private static final int DIGITS = 12;

    static NodeMark fresh() {
        String digits = UUID.randomUUID().toString().replace("-", "").substring(0, DIGITS);
        return new NodeMark(ProcessHandle.current().pid() + "-" + digits);
    }

    /** The comment that precedes statements. */
    String comment() {
        return OPENING + node + "*/";
    }

    String lock() {
        return lock(node);
    }

    static String lock(String node) {
        return "muster-" + node;
    }

    /** The node in the mark at the start of a statement. A mark anywhere else is ignored. */
    static Optional<String> nodeOf(String statement) {
        Matcher mark = FORM.matcher(statement);
        return mark.lookingAt() ? Optional.of(mark.group(1)) : Optional.empty();
    }

    /** A statement of a source without a mark. A text that begins like a mark gets a comment before it, so that it is not taken for one. */
    static String unmarked(String statement) {
        return statement.stripLeading().startsWith(OPENING) ? "/**/" + statement : statement;
    }
}
