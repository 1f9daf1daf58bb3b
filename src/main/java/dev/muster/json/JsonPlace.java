package dev.muster.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The errors of reading one text: the conversion of an offset to a line and a column, and the message. */
abstract class JsonPlace {
    private static final Pattern TOKEN =
            Pattern.compile("(?:Unrecognized|Non-standard) token '([^']*)'.*", Pattern.DOTALL);

    private final int firstLine;

    private JsonPlace(int firstLine) {
        this.firstLine = firstLine;
    }

    static JsonPlace of(String text) {
        return new JsonPlace(1) {
            @Override
            long offset(JsonLocation location) {
                return location.getCharOffset();
            }

            @Override
            int length() {
                return text.length();
            }

            @Override
            String before(int offset) {
                return text.substring(0, offset);
            }
        };
    }

    static JsonPlace of(byte[] utf8, int start, int length, int firstLine) {
        return new JsonPlace(firstLine) {
            @Override
            long offset(JsonLocation location) {
                return location.getByteOffset();
            }

            @Override
            int length() {
                return length;
            }

            @Override
            String before(int offset) {
                return new String(utf8, start, offset, StandardCharsets.UTF_8);
            }
        };
    }

    /** The line in the larger text for a line of this text, both from 1. */
    private int line(int ofText) {
        return firstLine - 1 + ofText;
    }

    abstract long offset(JsonLocation location);

    abstract int length();

    abstract String before(int offset);

    final int tokenStart(JsonParser parser) {
        return bounded(offset(parser.currentTokenLocation()));
    }

    private int bounded(long offset) {
        return (int) Math.max(0, Math.min(length(), offset));
    }

    final JsonException error(int offset, String reason) {
        return error(before(offset), reason);
    }

    /** An error at the last occurrence of a word before {@code offset}, since tokenizers report the offset after the word. */
    private JsonException errorAtLast(String word, int offset, String reason) {
        String before = before(offset);
        int start = before.lastIndexOf(word);
        return error(start < 0 ? before : before.substring(0, start), reason);
    }

    private JsonException error(String before, String reason) {
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = firstLine + (int) before.chars().filter(c -> c == '\n').count();
        return new JsonException(line, 1 + before.codePointCount(lineStart, before.length()), reason);
    }

    /** An error of the tokenizer as a message for people. */
    final JsonException error(JacksonException error, JsonParser parser) {
        String message = error.getOriginalMessage();
        if (error instanceof JsonEOFException || message.startsWith("Unexpected end-of-input")) {
            return error(length(), "unexpected end of text" + inside(parser));
        }
        JsonLocation location = error.getLocation();
        int offset = location == null ? length() : bounded(offset(location));
        Matcher token = TOKEN.matcher(message);
        if (token.matches()) {
            String reason = "\"" + token.group(1) + "\" is not a JSON value";
            return errorAtLast(token.group(1), offset, reason + inside(parser));
        }
        return error(offset, reason(message) + inside(parser));
    }

    private String inside(JsonParser parser) {
        JsonStreamContext context = parser.getParsingContext();
        if (context.inRoot()) {
            return "";
        }
        int line = line(context.startLocation(ContentReference.unknown()).getLineNr());
        return ", in " + (context.inObject() ? "an object" : "a list") + " that began at line " + line;
    }

    private static String reason(String message) {
        if (message.startsWith("Illegal unquoted character")) {
            return "a control character in a string; write it as an escape, such as \\n";
        }
        String plain = message.replaceAll(" \\(code \\d+[^)]*\\)", "")
                .replaceAll("\\('(.)'\\)", "'$1'")
                .replaceAll("[:;] maybe a \\(non-standard\\) comment.*", "; JSON has no comments")
                .replaceAll(": (expected|was expecting) a? ?(valid )?(value)? ?\\(JSON.*", ": a value was expected")
                .replaceAll(" \\(for .*", "")
                .replaceAll(": enable `.*", "")
                .replace("Object", "object")
                .replace("Array", "list");
        return plain.isEmpty() ? "not JSON" : Character.toLowerCase(plain.charAt(0)) + plain.substring(1);
    }
}
