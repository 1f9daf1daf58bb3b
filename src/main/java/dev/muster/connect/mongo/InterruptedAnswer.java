package dev.muster.connect.mongo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** The response that the driver gets for a command that was cancelled before it was sent: the error of an interrupted operation. */
final class InterruptedAnswer {
    private static final int HEADER_BYTES = 16;
    private static final int OP_MSG = 2013;
    private static final byte[] BODY = body();

    private InterruptedAnswer() {}

    /** The message in the form in which a server would send it. */
    static byte[] of(int request) {
        int length = HEADER_BYTES + Integer.BYTES + 1 + BODY.length;
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .putInt(0)
                .putInt(request)
                .putInt(OP_MSG)
                .putInt(0)
                .put((byte) 0)
                .put(BODY)
                .array();
    }

    private static byte[] body() {
        var answer = new BsonDocument("ok", new BsonDouble(0))
                .append("errmsg", new BsonString("cancelled before it was sent"))
                .append("code", new BsonInt32(11601))
                .append("codeName", new BsonString("Interrupted"));
        try (var bytes = new BasicOutputBuffer();
                var writer = new BsonBinaryWriter(bytes)) {
            new BsonDocumentCodec()
                    .encode(writer, answer, EncoderContext.builder().build());
            return bytes.toByteArray();
        }
    }
}
