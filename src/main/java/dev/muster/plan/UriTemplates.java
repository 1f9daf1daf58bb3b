package dev.muster.plan;

import dev.muster.plan.ParsedUriTemplate.Part;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The parser of URI templates (RFC 6570, levels 1 to 4). Strict: text outside the grammar is an error. */
public final class UriTemplates {

    private static final int LONGEST = 16 * 1024;

    private final String source;
    private int index;

    private UriTemplates(String source) {
        this.source = source;
    }

    /** The error for a text that is not a URI template, with its column. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final int column;

        Malformed(int column, String message) {
            super(message);
            this.column = column;
        }

        /** The column of the error, from 1, in code points. */
        public int column() {
            return column;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /**
     * Parses a URI template of at most 16 Ki characters.
     *
     * @throws Malformed with the first error
     */
    public static UriTemplate parse(String text) throws Malformed {
        if (Utf8.characters(text) > LONGEST) {
            throw new Malformed(1, "the URI template is longer than " + LONGEST + " characters");
        }
        return new UriTemplates(text).parse();
    }

    private UriTemplate parse() throws Malformed {
        List<Part> parts = new ArrayList<>();
        Set<String> variables = new LinkedHashSet<>();
        StringBuilder literal = new StringBuilder();
        while (index < source.length()) {
            if (source.charAt(index) == '{') {
                flush(literal, parts);
                Part.Expression expression = expression();
                expression.specs().forEach(spec -> variables.add(spec.name()));
                parts.add(expression);
            } else {
                literal(literal);
            }
        }
        flush(literal, parts);
        return new ParsedUriTemplate(source, variables, parts);
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Part.Text(literal.toString()));
            literal.setLength(0);
        }
    }

    private void literal(StringBuilder literal) throws Malformed {
        int c = source.codePointAt(index);
        if (c == '%') {
            if (!ParsedUriTemplate.isTriplet(source, index)) {
                throw error(index, "a % in a URI template is followed by two hexadecimal digits; % itself is %25");
            }
            literal.append(source, index, index + 3);
            index += 3;
            return;
        }
        if (c == '}') {
            throw error(index, "'}' has no opening brace in this URI template");
        }
        if (c <= ' ' || c == 0x7f || "\"<>\\^`|".indexOf(c) >= 0) {
            throw error(
                    index,
                    "a URI template cannot contain " + (c <= ' ' ? "blanks" : "'" + Character.toString(c) + "'")
                            + "; escape it with %" + String.format("%02X", c));
        }
        if (Character.getType(c) == Character.SURROGATE) {
            throw error(index, "the URI template " + Utf8.HALF);
        }
        ParsedUriTemplate.appendLiteral(c, literal);
        index += Character.charCount(c);
    }

    private Part.Expression expression() throws Malformed {
        int start = index++;
        int close = source.indexOf('}', index);
        if (close < 0) {
            throw error(start, "'{' is never closed in this URI template");
        }
        Part.Operator operator = Part.Operator.of(index < close ? source.charAt(index) : ' ');
        if (operator != Part.Operator.SIMPLE) {
            index++;
        } else if (index < close && "=,!@|".indexOf(source.charAt(index)) >= 0) {
            throw error(index, "the operator '" + source.charAt(index) + "' is reserved in URI templates (RFC 6570)");
        }
        List<Part.Spec> specs = new ArrayList<>();
        specs.add(spec(close));
        while (index < close) {
            if (source.charAt(index) != ',') {
                throw error(
                        index,
                        "'" + Character.toString(source.codePointAt(index))
                                + "' does not belong in a variable of a URI template");
            }
            index++;
            specs.add(spec(close));
        }
        index = close + 1;
        return new Part.Expression(operator, List.copyOf(specs));
    }

    private Part.Spec spec(int close) throws Malformed {
        int start = index;
        while (index < close && isNamePart(index)) {
            index += source.charAt(index) == '%' ? 3 : 1;
        }
        String name = source.substring(start, index);
        if (name.isEmpty() || name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
            throw error(start, "a variable's name is missing or malformed in this URI template");
        }
        if (index < close && source.charAt(index) == '*') {
            index++;
            return new Part.Spec(name, true, 0);
        }
        if (index < close && source.charAt(index) == ':') {
            return new Part.Spec(name, false, prefix(close));
        }
        return new Part.Spec(name, false, 0);
    }

    private int prefix(int close) throws Malformed {
        int start = ++index;
        while (index < close && index - start < 4 && isDigit(source.charAt(index))) {
            index++;
        }
        if (index == start || source.charAt(start) == '0') {
            throw error(
                    start,
                    "':' must be followed by the number of characters to take from the variable, from 1 to 9999");
        }
        return Integer.parseInt(source, start, index, 10);
    }

    private boolean isNamePart(int at) {
        char c = source.charAt(at);
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || isDigit(c)
                || c == '_'
                || c == '.'
                || c == '%' && ParsedUriTemplate.isTriplet(source, at);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Malformed error(int index, String message) {
        return new Malformed(source.codePointCount(0, index) + 1, message);
    }
}
