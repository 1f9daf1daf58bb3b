package dev.muster.house.samples.sync;

import io.netty.buffer.ByteBuf;

/** Breaks the rule that the kernel uses only futures. */
final class BufferSeer {
    int size(ByteBuf buffer) {
        return buffer.readableBytes();
    }
}
