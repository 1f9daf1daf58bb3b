package dev.muster.service;

import dev.muster.json.Json;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** Values as one line of JSON, as sent to callers. */
public final class JsonBody {
    private JsonBody() {}

    /** The UTF-8 bytes of the JSON. */
    public static Buffer of(@Nullable Object value) {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(Json.writeBytes(value)));
    }
}
