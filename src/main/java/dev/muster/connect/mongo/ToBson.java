package dev.muster.connect.mongo;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Template;
import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of one word's value to BSON. Parts that are written in the plan can contain operators and Extended JSON;
 * computed parts cannot. One instance is for one value and one thread.
 */
final class ToBson {
    private static final int NESTING = 100;

    private final String source;
    private final ExtendedJson extended;
    private final Deque<String> path = new ArrayDeque<>();

    private ToBson(String source, String word, UuidRepresentation uuids) {
        this.source = source;
        this.extended = new ExtendedJson(uuids);
        path.add(word);
    }

    /**
     * Converts the value of a word.
     *
     * @param template the word as written in the plan; it determines which parts of the value were computed
     * @throws MusterException of type {@link ErrorType#BAD_INPUT} if a computed part contains an operator, or BSON cannot
     *     represent a value
     */
    static BsonValue of(
            String source,
            String word,
            Template template,
            @Nullable Object value,
            ParseMode mode,
            UuidRepresentation uuids) {
        return new ToBson(source, word, uuids).part(template, value, mode);
    }

    private BsonValue part(Template template, @Nullable Object value, ParseMode mode) {
        if (template instanceof Template.MapOf map && value instanceof Map<?, ?> values) {
            return written(map.entries(), values, mode);
        }
        if (template instanceof Template.ListOf list && value instanceof List<?> values) {
            var array = new BsonArray();
            Iterator<Template> parts = list.items().iterator();
            for (Object item : values) {
                enter("[" + array.size() + "]");
                array.add(part(parts.next(), item, mode));
                path.removeLast();
            }
            return array;
        }
        return whole(value, mode, !(template instanceof Template.Literal));
    }

    private BsonValue written(Map<String, Template> parts, Map<?, ?> values, ParseMode mode) {
        if (ExtendedJson.isOne(parts.keySet())) {
            return extended(values);
        }
        var document = new BsonDocument();
        parts.forEach((key, part) -> {
            enter("." + key);
            document.put(key(key), part(part, values.get(key), mode.below(key)));
            path.removeLast();
        });
        return document;
    }

    private BsonValue whole(@Nullable Object value, ParseMode mode, boolean computed) {
        if (value instanceof Map<?, ?> map) {
            return !computed && ExtendedJson.isOne(map.keySet()) ? extended(map) : document(map, mode, computed);
        }
        return value instanceof List<?> list ? array(list, mode, computed) : scalar(value, mode, computed);
    }

    private BsonDocument document(Map<?, ?> map, ParseMode mode, boolean computed) {
        var document = new BsonDocument();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = key(String.valueOf(entry.getKey()));
            if (computed && key.startsWith("$")) {
                throw bad("a computed value cannot have the key \"" + Printable.phrase(key, 60)
                        + "\"; write keys that begin with $ literally in the plan");
            }
            enter("." + key);
            document.put(key, whole(entry.getValue(), computed ? mode : mode.below(key), computed));
            path.removeLast();
        }
        return document;
    }

    private BsonArray array(List<?> list, ParseMode mode, boolean computed) {
        var array = new BsonArray();
        for (Object item : list) {
            enter("[" + array.size() + "]");
            array.add(whole(item, mode, computed));
            path.removeLast();
        }
        return array;
    }

    private BsonValue scalar(@Nullable Object value, ParseMode mode, boolean computed) {
        if (value instanceof String text) {
            if (computed && mode == ParseMode.EXPRESSION && text.startsWith("$")) {
                throw bad("the computed text begins with $, which MongoDB would read as a field here;"
                        + " write {$literal: = …} for a text");
            }
            return new BsonString(text(text));
        }
        if (value == null) {
            return BsonNull.VALUE;
        }
        if (value instanceof Boolean truth) {
            return BsonBoolean.valueOf(truth);
        }
        return number(value);
    }

    private BsonValue number(Object value) {
        if (value instanceof Long whole) {
            return whole == whole.intValue() ? new BsonInt32(whole.intValue()) : new BsonInt64(whole);
        }
        if (value instanceof Double real) {
            return new BsonDouble(real);
        }
        if (value instanceof Integer whole) {
            return new BsonInt32(whole);
        }
        BigDecimal exact = value instanceof BigInteger whole ? new BigDecimal(whole) : (BigDecimal) value;
        double near = exact.doubleValue();
        if (!(value instanceof BigInteger)
                && Double.isFinite(near)
                && new BigDecimal(Double.toString(near)).compareTo(exact) == 0) {
            return new BsonDouble(near);
        }
        try {
            return new BsonDecimal128(new Decimal128(exact));
        } catch (NumberFormatException e) {
            throw bad("a number of " + exact.precision() + " digits; MongoDB stores 34 at most");
        }
    }

    private BsonValue extended(Map<?, ?> map) {
        try {
            return extended.value(map);
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private String key(String key) {
        if (key.indexOf('\0') >= 0) {
            throw bad("a key has the character NUL, which MongoDB cannot store");
        }
        return text(key);
    }

    private String text(String text) {
        if (Utf8.hasHalf(text)) {
            throw bad("the text has an unpaired surrogate, which UTF-8 cannot encode");
        }
        return text;
    }

    private void enter(String step) {
        path.addLast(step);
        if (path.size() > NESTING) {
            throw bad("it nests deeper than " + NESTING + " levels, MongoDB's own bound");
        }
    }

    private MusterException bad(String what) {
        String where = Printable.phrase(String.join("", path), 200);
        return new MusterException(ErrorType.BAD_INPUT, source + ": " + where + ": " + what);
    }

    /** The parse mode: how MongoDB reads text in a part of a command. */
    enum ParseMode {
        /** As text, for example in a document to insert. */
        DATA,
        /** A filter: as text, except that {@code $expr} contains expressions. */
        FILTER,
        /** An expression: text that begins with {@code $} is a field or a variable. */
        EXPRESSION;

        /** The mode of the value of a key. */
        ParseMode below(String key) {
            return switch (key) {
                case "$expr" -> EXPRESSION;
                case "$match", "$geoNear" -> FILTER;
                case "$literal", "$jsonSchema" -> DATA;
                default -> this;
            };
        }
    }
}
