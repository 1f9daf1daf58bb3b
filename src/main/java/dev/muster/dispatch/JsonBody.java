package dev.muster.dispatch;

import dev.muster.json.Json;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** Values as JSON on one line, as they are sent to callers. */
public final class JsonBody {
    private JsonBody() {}

    /** As bytes of UTF-8. */
    public static Buffer of(@Nullable Object value) {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(Json.writeBytes(value)));
    }
}
