package dev.muster.expr;

import java.util.Set;

/** The rules for names of variables in expressions. */
public final class Names {

    /** The rule for messages, to follow a colon. */
    public static final String RULE =
            "a name is letters, digits and _, does not start with a digit and is not a reserved word";

    private static final Set<String> RESERVED = Set.of("""
            as break const continue else false for function if import in let loop package namespace null return true
            var void while
            """.split("\\s+"));

    private Names() {}

    /** Whether a name is valid for a step or an {@code as}: {@code [A-Za-z_][A-Za-z0-9_]*}, and not a reserved word. */
    public static boolean isVariable(String name) {
        return isIdentifier(name) && !RESERVED.contains(name);
    }

    static boolean isIdentifier(String name) {
        if (name.isEmpty() || !isStart(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            if (!isPart(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    static boolean isPart(char c) {
        return isStart(c) || c >= '0' && c <= '9';
    }
}
