package dev.muster.connect.mongo;

import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonWriter;
import org.bson.UuidRepresentation;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;

/**
 * The codec that decodes documents straight from the wire, without the driver's document classes. Decodes only. Safe on any
 * thread.
 */
final class RowCodec implements Codec<ResultDocument> {
    private final FromBson values;

    RowCodec(UuidRepresentation uuids) {
        this.values = new FromBson(uuids);
    }

    @Override
    public ResultDocument decode(BsonReader reader, DecoderContext context) {
        int from = at(reader);
        var value = values.document(reader);
        return new ResultDocument(value, at(reader) - from);
    }

    @Override
    public void encode(BsonWriter writer, ResultDocument row, EncoderContext context) {
        throw new UnsupportedOperationException("rows are only read");
    }

    @Override
    public Class<ResultDocument> getEncoderClass() {
        return ResultDocument.class;
    }

    private static int at(BsonReader reader) {
        return reader instanceof BsonBinaryReader binary ? binary.getBsonInput().getPosition() : 0;
    }
}
