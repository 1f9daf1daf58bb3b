package dev.muster.connect.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.vertx.pgclient.PgException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A channel handler between the socket and the driver that inspects the server's messages. Runs on the connection's loop.
 *
 * <p>The driver returns null for types it does not know (bit strings, XML), treats any text that begins with a brace as an array,
 * rounds numbers in JSON, reads a row count from {@code CREATE TABLE}, and hides parameter types. This handler records the messages
 * that describe a statement and replaces their types: parameters become unknown, columns become search vectors. Both travel as
 * text, which this package writes and reads by the real types. An oversized row is dropped while it streams by and never takes
 * memory.
 *
 * <p>The driver does not support {@code COPY} and waits forever for the end of an empty statement. What it cannot decode makes it
 * throw, again for each further message. Therefore a copy is dropped and reported, an empty statement changes no rows, and the
 * first invalid or unrequested message closes the connection.
 */
final class PgWire extends ChannelDuplexHandler {
    private static final String NAME = "muster-wire";
    private static final String CODEC = "codec";
    private static final int HEADER_BYTES = PgNotes.HEADER_BYTES;
    private static final int MAX_DESCRIPTION_BYTES = 16 << 20;

    /** Replaces the end of an empty statement, which the driver does not know. */
    private static final byte[] NOTHING_DONE = {'C', 0, 0, 0, 5, 0};

    private static final byte[] NO_COPY = "not supported by this client\0".getBytes(StandardCharsets.US_ASCII);

    private final int maxRowBytes;
    private final PgNotes notes = new PgNotes();
    private final PgTypes types = new PgTypes();
    private @Nullable ByteBuf kept;
    private int keptBytes = HEADER_BYTES;
    private long passBytes;
    private long skipBytes;
    private boolean isGarbled;
    private volatile @Nullable Runnable rowTooLarge;
    private volatile @Nullable Runnable copies;

    /** Thrown if a server's message is not valid Postgres protocol at its place. The connection is not usable afterwards. */
    static final class GarbledException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GarbledException(String what) {
            super(what, null, false, false);
        }
    }

    private PgWire(int maxRowBytes) {
        this.maxRowBytes = maxRowBytes;
    }

    /** Adds a handler between the socket and the driver of a connection. */
    static PgWire into(ChannelPipeline pipeline, int maxRowBytes) {
        var wire = new PgWire(maxRowBytes);
        pipeline.addBefore(CODEC, NAME, wire);
        pipeline.addAfter(CODEC, NAME + "-end", wire.behindDriver());
        return wire;
    }

    /** The handler behind the driver. It closes the connection when the driver throws, which it would do again for each message. */
    private ChannelInboundHandlerAdapter behindDriver() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
                context.fireExceptionCaught(thrown);
                // A PgException is the server's last message before it ends the connection itself.
                if (!(thrown instanceof PgException)) {
                    isGarbled = true;
                    var unused = context.pipeline().firstContext().close();
                }
            }
        };
    }

    /** Sets the listeners for a dropped row and for a dropped copy. They are called on the connection's loop. */
    void onLost(Runnable row, Runnable copy) {
        rowTooLarge = row;
        copies = copy;
    }

    /** The types learned on this connection. Another connection can lead to another server. */
    PgTypes types() {
        return types;
    }

    PgNotes notes() {
        return notes;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        notes.requestSent();
        var unused = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (in.isReadable() && !isGarbled) {
                read(context, in);
            }
        } catch (GarbledException e) {
            garbled(context, e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            garbled(context, new GarbledException("a message is shorter than its stated length"));
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void garbled(ChannelHandlerContext context, GarbledException why) {
        isGarbled = true;
        drop();
        // The driver fails pending requests and marks the connection as closed.
        context.fireExceptionCaught(why);
        var unused = context.close();
    }

    private void read(ChannelHandlerContext context, ByteBuf in) {
        if (skipBytes > 0) {
            int bytes = (int) Math.min(skipBytes, in.readableBytes());
            in.skipBytes(bytes);
            skipBytes -= bytes;
        } else if (passBytes > 0) {
            int bytes = (int) Math.min(passBytes, in.readableBytes());
            passBytes -= bytes;
            context.fireChannelRead(in.readRetainedSlice(bytes));
        } else if (kept != null || in.readableBytes() < HEADER_BYTES) {
            keep(context, in);
        } else {
            scan(context, in);
        }
    }

    /** Forwards all messages up to the first that needs inspection. */
    private void scan(ChannelHandlerContext context, ByteBuf in) {
        int from = in.readerIndex();
        int end = in.writerIndex();
        long at = from;
        while (end - at >= HEADER_BYTES) {
            byte type = in.getByte((int) at);
            long length = in.getUnsignedInt((int) at + 1);
            PgWay way = way(type, length);
            boolean isWhole = at + 1 + length <= end;
            if (way == PgWay.NOTE && isWhole) {
                notes.note(type, in, (int) at, (int) (at + 1 + length));
            } else if (way != PgWay.PASS) {
                break;
            }
            at += 1 + length;
        }
        passBytes = Math.max(0, at - end);
        int whole = (int) Math.min(at, end) - from;
        if (whole > 0) {
            context.fireChannelRead(in.readRetainedSlice(whole));
        } else {
            keep(context, in);
        }
    }

    private PgWay way(byte type, long length) {
        return notes.expects(type) ? PgWay.of(type, length, maxRowBytes) : PgWay.UNKNOWN;
    }

    /** Collects a message, starting with its header. */
    private void keep(ChannelHandlerContext context, ByteBuf in) {
        ByteBuf into = kept;
        if (into == null) {
            into = context.alloc().buffer(HEADER_BYTES);
            kept = into;
            keptBytes = HEADER_BYTES;
        }
        into.writeBytes(in, Math.min(in.readableBytes(), keptBytes - into.readableBytes()));
        if (into.readableBytes() < keptBytes) {
            return;
        }
        byte type = into.getByte(0);
        long length = into.getUnsignedInt(1);
        PgWay way = way(type, length);
        if (way == PgWay.UNKNOWN) {
            throw new GarbledException("a message of type " + (type & 0xff) + " and " + length + " bytes");
        }
        if (way == PgWay.DROP) {
            drop();
            skipBytes = length - 4;
            dropped(context, type);
        } else if (way != PgWay.PASS && keptBytes == HEADER_BYTES && length > 4 && length < MAX_DESCRIPTION_BYTES) {
            keptBytes = (int) length + 1;
        } else {
            kept = null;
            passBytes = length + 1 - into.readableBytes();
            if (way != PgWay.PASS && passBytes == 0) {
                note(type, into);
            }
            context.fireChannelRead(into);
        }
    }

    private void note(byte type, ByteBuf message) {
        try {
            notes.note(type, message, message.readerIndex(), message.writerIndex());
        } catch (RuntimeException e) {
            message.release();
            throw e;
        }
    }

    private void dropped(ChannelHandlerContext context, byte type) {
        switch (type) {
            case PgWay.ROW -> report(rowTooLarge);
            case PgWay.EMPTY -> {
                notes.note(type, Unpooled.EMPTY_BUFFER, 0, 0);
                context.fireChannelRead(
                        context.alloc().buffer(NOTHING_DONE.length).writeBytes(NOTHING_DONE));
            }
            case PgWay.COPY_OUT -> report(copies);
            case PgWay.COPY_IN -> {
                report(copies);
                refuseCopy(context);
            }
            default -> {}
        }
    }

    /** Rejects a copy. The server has consumed the statement's Sync as part of the copy, so it is sent again. */
    private static void refuseCopy(ChannelHandlerContext context) {
        ByteBuf refusal = context.alloc().buffer(NO_COPY.length + 2 * HEADER_BYTES);
        refusal.writeByte('f').writeInt(NO_COPY.length + 4).writeBytes(NO_COPY);
        refusal.writeByte('S').writeInt(4);
        var unused = context.writeAndFlush(refusal, context.voidPromise());
    }

    private static void report(@Nullable Runnable listener) {
        if (listener != null) {
            listener.run();
        }
    }

    private void drop() {
        ByteBuf dropped = kept;
        kept = null;
        if (dropped != null) {
            dropped.release();
        }
    }
}
