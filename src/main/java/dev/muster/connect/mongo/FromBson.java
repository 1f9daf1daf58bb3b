package dev.muster.connect.mongo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonBinary;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinarySubType;
import org.bson.BsonDbPointer;
import org.bson.BsonReader;
import org.bson.BsonRegularExpression;
import org.bson.BsonSerializationException;
import org.bson.BsonTimestamp;
import org.bson.BsonType;
import org.bson.BsonWriter;
import org.bson.UuidRepresentation;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of BSON to JSON values, and the codec that decodes documents straight from the wire, without the driver's
 * document classes. Decodes only. Safe on any thread. Numbers stay exact; types that JSON lacks become plain text or maps, as the
 * documentation of the verb lists.
 *
 * @param uuids how UUIDs of the legacy binary subtype 3 are read
 */
record FromBson(UuidRepresentation uuids) implements Codec<FromBson.ResultDocument> {
    /** Maximum nesting: that of JSON that Muster reads. */
    private static final int NESTING = 500;

    /**
     * A document of a result as a JSON value.
     *
     * @param value the fields
     * @param bytes size as BSON
     */
    record ResultDocument(Map<String, @Nullable Object> value, int bytes) {}

    @Override
    public ResultDocument decode(BsonReader reader, DecoderContext context) {
        int start = position(reader);
        var value = document(reader);
        return new ResultDocument(value, position(reader) - start);
    }

    @Override
    public void encode(BsonWriter writer, ResultDocument document, EncoderContext context) {
        throw new UnsupportedOperationException("rows are only read");
    }

    @Override
    public Class<ResultDocument> getEncoderClass() {
        return ResultDocument.class;
    }

    private static int position(BsonReader reader) {
        return reader instanceof BsonBinaryReader binary ? binary.getBsonInput().getPosition() : 0;
    }

    /**
     * Converts the document at the reader's position.
     *
     * @throws BsonSerializationException if it is malformed or nests too deep
     */
    Map<String, @Nullable Object> document(BsonReader reader) {
        return document(reader, 1);
    }

    private Map<String, @Nullable Object> document(BsonReader reader, int depth) {
        checkDepth(depth);
        var fields = new LinkedHashMap<String, @Nullable Object>();
        reader.readStartDocument();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            fields.put(reader.readName(), value(reader, depth + 1));
        }
        reader.readEndDocument();
        return fields;
    }

    private static void checkDepth(int depth) {
        if (depth > NESTING) {
            throw new BsonSerializationException("it nests deeper than " + NESTING + " levels");
        }
    }

    private @Nullable Object value(BsonReader reader, int depth) {
        return switch (reader.getCurrentBsonType()) {
            case DOUBLE -> real(reader.readDouble());
            case STRING -> reader.readString();
            case DOCUMENT -> document(reader, depth);
            case ARRAY -> list(reader, depth);
            case BINARY -> binary(reader.readBinaryData());
            case OBJECT_ID -> reader.readObjectId().toHexString();
            case BOOLEAN -> reader.readBoolean();
            case DATE_TIME -> Instant.ofEpochMilli(reader.readDateTime()).toString();
            case REGULAR_EXPRESSION -> pattern(reader.readRegularExpression());
            case DB_POINTER -> pointer(reader.readDBPointer());
            case JAVASCRIPT -> reader.readJavaScript();
            case SYMBOL -> reader.readSymbol();
            case JAVASCRIPT_WITH_SCOPE -> code(reader, depth);
            case INT32 -> (long) reader.readInt32();
            case TIMESTAMP -> timestamp(reader.readTimestamp());
            case INT64 -> reader.readInt64();
            case DECIMAL128 -> decimal(reader.readDecimal128());
            default -> rare(reader);
        };
    }

    private @Nullable Object rare(BsonReader reader) {
        switch (reader.getCurrentBsonType()) {
            case MIN_KEY -> {
                reader.readMinKey();
                return "MinKey";
            }
            case MAX_KEY -> {
                reader.readMaxKey();
                return "MaxKey";
            }
            case UNDEFINED -> reader.readUndefined();
            default -> reader.readNull();
        }
        return null;
    }

    private List<@Nullable Object> list(BsonReader reader, int depth) {
        checkDepth(depth);
        var items = new ArrayList<@Nullable Object>();
        reader.readStartArray();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            items.add(value(reader, depth + 1));
        }
        reader.readEndArray();
        return items;
    }

    private Object code(BsonReader reader, int depth) {
        var code = new LinkedHashMap<String, @Nullable Object>();
        code.put("code", reader.readJavaScriptWithScope());
        code.put("scope", document(reader, depth + 1));
        return code;
    }

    private String binary(BsonBinary binary) {
        byte type = binary.getType();
        boolean is16 = binary.getData().length == 16;
        if (is16 && type == BsonBinarySubType.UUID_STANDARD.getValue()) {
            return binary.asUuid().toString();
        }
        boolean isLegacy = uuids == UuidRepresentation.JAVA_LEGACY
                || uuids == UuidRepresentation.C_SHARP_LEGACY
                || uuids == UuidRepresentation.PYTHON_LEGACY;
        if (is16 && isLegacy && type == BsonBinarySubType.UUID_LEGACY.getValue()) {
            return binary.asUuid(uuids).toString();
        }
        return Base64.getEncoder().encodeToString(binary.getData());
    }

    private static Object real(double number) {
        return Double.isFinite(number) ? (Object) number : Double.toString(number);
    }

    private static Object decimal(Decimal128 number) {
        if (number.isNaN() || number.isInfinite()) {
            return number.isNaN() ? "NaN" : number.isNegative() ? "-Infinity" : "Infinity";
        }
        // BigDecimal has no negative zero; MongoDB too treats it as equal to zero.
        BigDecimal exact = number.isNegative()
                ? Decimal128.fromIEEE754BIDEncoding(number.getHigh() & Long.MAX_VALUE, number.getLow())
                        .bigDecimalValue()
                        .negate()
                : number.bigDecimalValue();
        if (exact.scale() != 0) {
            return exact;
        }
        BigInteger whole = exact.unscaledValue();
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    private static String pattern(BsonRegularExpression pattern) {
        return "/" + pattern.getPattern() + "/" + pattern.getOptions();
    }

    private static String timestamp(BsonTimestamp timestamp) {
        return Integer.toUnsignedString(timestamp.getTime()) + ":" + Integer.toUnsignedString(timestamp.getInc());
    }

    private static Map<String, Object> pointer(BsonDbPointer pointer) {
        var map = new LinkedHashMap<String, Object>();
        map.put("ref", pointer.getNamespace());
        map.put("id", pointer.getId().toHexString());
        return map;
    }
}
