package dev.muster.expr;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conversion of the result of one evaluation from CEL values. Values that were passed through are returned unchanged. */
final class FromCel {

    private final ToCel inward;
    private final Walk walk;

    /** The converted collections by identity. A collection that occurs several times is converted once and stays shared. */
    private @Nullable IdentityHashMap<Object, Object> converted;

    FromCel(ToCel inward) {
        this.inward = inward;
        this.walk = Walk.here();
    }

    @Nullable
    Object convert(@Nullable Object value) {
        if (value == null || value == NullValue.NULL_VALUE) {
            return null;
        }
        if (value instanceof String || value instanceof Long || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Double binary) {
            return convertDouble(binary);
        }
        if (value instanceof ToCel.MapView view) {
            return view.original();
        }
        if (value instanceof ToCel.ListView view) {
            return view.original();
        }
        return value instanceof Map || value instanceof List ? convertOnce(value) : convertOther(value);
    }

    private Object convertDouble(Double binary) {
        if (!Double.isFinite(binary)) {
            throw new Failure(ExpressionProblem.Kind.ARITHMETIC, ExpressionProblem.notFinite(binary.toString()));
        }
        return inward.original(binary);
    }

    private Object convertOnce(Object value) {
        if (converted == null) {
            converted = new IdentityHashMap<>();
        }
        Object known = converted.get(value);
        if (known == null) {
            known = value instanceof Map<?, ?> map ? convertMap(map) : convertList((List<?>) value);
            converted.put(value, known);
        }
        return known;
    }

    private List<Object> convertList(List<?> list) {
        List<@Nullable Object> all = new ArrayList<>(list.size());
        for (Object element : list) {
            walk.visit();
            all.add(convert(element));
        }
        return all;
    }

    private Map<String, Object> convertMap(Map<?, ?> map) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(map.size() * 4 / 3 + 1);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = key(entry.getKey());
            walk.visit();
            if (all.containsKey(key)) {
                throw new Failure(
                        ExpressionProblem.Kind.BAD_VALUE,
                        "two keys of a map become the same text '" + key + "' in the result");
            }
            all.put(key, convert(entry.getValue()));
        }
        return all;
    }

    /** The key of a map as text, since JSON has text keys only. */
    static String key(Object key) {
        if (key instanceof String || key instanceof Long || key instanceof Boolean || key instanceof UnsignedLong) {
            return key.toString();
        }
        throw new Failure(
                ExpressionProblem.Kind.TYPE,
                "a map's key is " + describe(key) + "; keys are texts, whole numbers or booleans");
    }

    private @Nullable Object convertOther(Object value) {
        if (value instanceof BigNumber exact) {
            return exact.original();
        }
        if (value instanceof UnsignedLong unsigned) {
            return unsigned.bigIntegerValue().bitLength() < Long.SIZE
                    ? (Object) unsigned.longValue()
                    : unsigned.bigIntegerValue();
        }
        if (value instanceof CelByteString bytes) {
            return Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
        if (value instanceof Instant) {
            return value.toString();
        }
        if (value instanceof Duration duration) {
            return seconds(duration);
        }
        if (value instanceof Optional<?> optional) {
            return convert(optional.orElse(null));
        }
        throw new Failure(
                ExpressionProblem.Kind.TYPE, "the result holds " + describe(value) + ", which has no form in JSON");
    }

    /** A duration in CEL's text form: seconds with a fraction if there is one, such as {@code 90s} or {@code 0.5s}. */
    private static String seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.signum() == 0 ? "0s" : seconds.stripTrailingZeros().toPlainString() + "s";
    }

    /** The type of a value for messages. */
    static String describe(@Nullable Object value) {
        if (value == null || value == NullValue.NULL_VALUE) {
            return "null";
        }
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof Long || value instanceof UnsignedLong) {
            return "a whole number";
        }
        if (value instanceof Double || value instanceof BigNumber) {
            return "a decimal";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Map) {
            return "a map";
        }
        if (value instanceof CelByteString) {
            return "bytes";
        }
        if (value instanceof Instant) {
            return "a timestamp";
        }
        return value instanceof Duration ? "a duration" : "a type or a message";
    }
}
