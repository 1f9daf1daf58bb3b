package dev.muster.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.core.io.JsonEOFException;

/** Puts the tokenizer's errors in plain words. */
final class JsonWording {
    private JsonWording() {}

    static JsonException of(JacksonException error, JsonParser parser, JsonPlace place) {
        if (error instanceof JsonEOFException) {
            return place.error(place.length(), "unexpected end of text" + inside(parser, place));
        }
        JsonLocation location = error.getLocation();
        int offset = location == null ? place.length() : place.bounded(place.offset(location));
        return place.error(offset, reason(error.getOriginalMessage()) + inside(parser, place));
    }

    private static String inside(JsonParser parser, JsonPlace place) {
        JsonStreamContext context = parser.getParsingContext();
        if (context.inRoot()) {
            return "";
        }
        int line = place.line(context.startLocation(ContentReference.unknown()));
        return ", in " + (context.inObject() ? "an object" : "a list") + " that began at line " + line;
    }

    private static String reason(String message) {
        String plain = message.replaceAll(" \\(code \\d+[^)]*\\)", "")
                .replaceAll("\\('(.)'\\)", "'$1'")
                .replaceAll(" \\((JSON String, Number, Array, Object or token|for [^)]*)[^)]*\\)", "")
                .replace("JSON String, Number (or 'NaN'/'INF'/'+INF'), Array, Object or token", "a JSON value")
                .replaceAll("\\(?JSON String, Number, Array, Object or token [^)]*\\)", "a value")
                .replace("Object", "object")
                .replace("Array", "list")
                .replace("String", "string")
                .replace("Number", "number");
        return Character.toLowerCase(plain.charAt(0)) + plain.substring(1);
    }
}
