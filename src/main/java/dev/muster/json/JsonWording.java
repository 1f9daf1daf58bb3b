package dev.muster.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The errors of the tokenizer as messages for people. */
final class JsonWording {
    private static final Pattern TOKEN =
            Pattern.compile("(?:Unrecognized|Non-standard) token '([^']*)'.*", Pattern.DOTALL);

    private JsonWording() {}

    static JsonException of(JacksonException error, JsonParser parser, JsonPlace place) {
        String message = error.getOriginalMessage();
        if (error instanceof JsonEOFException || message.startsWith("Unexpected end-of-input")) {
            return place.error(place.length(), "unexpected end of text" + inside(parser, place));
        }
        JsonLocation location = error.getLocation();
        int offset = location == null ? place.length() : place.bounded(place.offset(location));
        Matcher token = TOKEN.matcher(message);
        if (token.matches()) {
            String reason = "\"" + token.group(1) + "\" is not a JSON value";
            return place.errorAtLast(token.group(1), offset, reason + inside(parser, place));
        }
        return place.error(offset, reason(message) + inside(parser, place));
    }

    private static String inside(JsonParser parser, JsonPlace place) {
        JsonStreamContext context = parser.getParsingContext();
        if (context.inRoot()) {
            return "";
        }
        int line = place.line(context.startLocation(ContentReference.unknown()).getLineNr());
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
