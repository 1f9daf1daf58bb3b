package dev.muster.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.muster.text.Utf8;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reader of one JSON text, in one pass. */
final class JsonRead {
    /** The limits are checked by this class, so that all readers share one factory with its table of known names. */
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** The value of {@code -0.00}; BigDecimal has no negative zero. */
    private static final Double NEGATIVE_ZERO = -0.0;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final JsonParser parser;
    private final JsonPlace place;
    private final JsonLimits limits;
    private final HeapEstimate weighing;

    JsonRead(JsonParser parser, JsonPlace place, JsonLimits limits) {
        this(parser, place, limits, JsonMeter.NONE);
    }

    private JsonRead(JsonParser parser, JsonPlace place, JsonLimits limits, JsonMeter meter) {
        this.parser = parser;
        this.place = place;
        this.limits = limits;
        this.weighing = new HeapEstimate(meter);
    }

    static @Nullable Object text(String text, JsonLimits limits, JsonMeter meter) {
        String whole = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        return read(() -> FACTORY.createParser(whole), JsonPlace.of(whole), limits, meter);
    }

    static @Nullable Object bytes(byte[] utf8, int offset, int length, int line, JsonLimits limits, JsonMeter meter) {
        Objects.checkFromIndexSize(offset, length, utf8.length);
        boolean marked = length >= 3
                && utf8[offset] == (byte) 0xEF
                && utf8[offset + 1] == (byte) 0xBB
                && utf8[offset + 2] == (byte) 0xBF;
        int start = marked ? offset + 3 : offset;
        int count = marked ? length - 3 : length;
        JsonPlace place = JsonPlace.of(utf8, start, count, line);
        int wrong = Utf8.firstWrong(utf8, start, count);
        if (wrong >= 0) {
            throw place.error(wrong - start, "a byte that is not UTF-8");
        }
        for (int i = 0; i < Math.min(4, count); i++) {
            // The tokenizer would take such a start for UTF-16 or UTF-32.
            if (utf8[start + i] == 0) {
                throw place.error(i, "a zero byte; JSON is read as UTF-8");
            }
        }
        return read(() -> FACTORY.createParser(utf8, start, count), place, limits, meter);
    }

    private interface Opening {
        JsonParser open() throws IOException;
    }

    private static @Nullable Object read(Opening opening, JsonPlace place, JsonLimits limits, JsonMeter meter) {
        try (JsonParser parser = opening.open()) {
            JsonRead read = new JsonRead(parser, place, limits, meter);
            try {
                return read.whole();
            } catch (RepeatedKey e) {
                throw repeatedKey(opening, place);
            }
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private @Nullable Object whole() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw place.error(place.length(), "the text is empty");
            }
            Object value = value(token, 0);
            if (parser.nextToken() != null) {
                throw place.error(place.tokenStart(parser), "there is text after the end of the value");
            }
            weighing.ends();
            return value;
        } catch (JacksonException e) {
            throw place.error(e, parser);
        }
    }

    @Nullable
    Object value(JsonToken token, int depth) throws IOException {
        switch (token) {
            case VALUE_STRING:
                return text();
            case VALUE_NUMBER_INT:
                return wholeNumber();
            case VALUE_NUMBER_FLOAT:
                return decimal();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            case VALUE_NULL:
                return null;
            case START_OBJECT:
                return object(deeper(depth));
            case START_ARRAY:
                return list(deeper(depth));
            default:
                throw place.error(place.tokenStart(parser), "a value was expected");
        }
    }

    private int deeper(int depth) {
        if (depth >= limits.nesting()) {
            throw place.error(place.tokenStart(parser), "nested deeper than " + limits.nesting() + " levels");
        }
        return depth + 1;
    }

    private Map<String, @Nullable Object> object(int depth) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        int size = 0;
        weighing.map();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            weighing.entry(size == 0, name);
            map.put(name, value(parser.nextToken(), depth));
            if (map.size() == size) {
                throw new RepeatedKey();
            }
            size++;
        }
        return map;
    }

    private List<@Nullable Object> list(int depth) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        weighing.list();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            weighing.item(list.isEmpty());
            list.add(value(token, depth));
        }
        return list;
    }

    private String text() throws IOException {
        String text = parser.getText();
        weighing.text(text);
        return text;
    }

    private Object wholeNumber() throws IOException {
        checkLength();
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            weighing.bigNumber(parser.getTextLength());
            return new BigInteger(parser.getText());
        }
        weighing.number();
        return parser.getLongValue();
    }

    private Number decimal() throws IOException {
        checkLength();
        weighing.bigNumber(parser.getTextLength());
        BigDecimal value;
        try {
            value = new BigDecimal(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        } catch (NumberFormatException e) {
            throw exponent();
        }
        if (Math.abs((long) value.scale()) > JsonLimits.EXPONENT + (long) limits.numberCharacters()
                || Math.abs((long) value.precision() - value.scale() - 1) > JsonLimits.EXPONENT) {
            throw exponent();
        }
        if (value.signum() == 0 && parser.getTextCharacters()[parser.getTextOffset()] == '-') {
            return NEGATIVE_ZERO;
        }
        return value;
    }

    private JsonException exponent() {
        return place.error(
                place.tokenStart(parser), "a number with an exponent beyond " + JsonLimits.EXPONENT + " is not read");
    }

    private void checkLength() throws IOException {
        if (parser.getTextLength() > limits.numberCharacters()) {
            throw place.error(
                    place.tokenStart(parser), "a number of more than " + limits.numberCharacters() + " characters");
        }
    }

    /** Finds the position of a repeated key in a second, slower pass, so that valid texts do not pay for the bookkeeping. */
    private static JsonException repeatedKey(Opening opening, JsonPlace place) throws IOException {
        try (JsonParser parser = opening.open()) {
            List<Set<String>> open = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    open.add(new HashSet<>());
                } else if (token.isStructEnd()) {
                    open.remove(open.size() - 1);
                } else if (token == JsonToken.FIELD_NAME
                        && !open.get(open.size() - 1).add(parser.currentName())) {
                    return place.error(
                            place.tokenStart(parser), "the key \"" + parser.currentName() + "\" occurs twice");
                }
            }
            throw new IllegalStateException("a repeated key was seen once only");
        }
    }

    /** The signal that an object has a repeated key; does not leave this package. */
    static final class RepeatedKey extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RepeatedKey() {
            super(null, null, false, false);
        }
    }
}
